package io.knhk.operators.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.operators.types.Counters;
import io.knhk.operators.types.Harnesses;
import io.knhk.operators.types.Rescaling;
import io.knhk.operators.types.StateContents;
import io.knhk.registry.Telemetry;
import io.knhk.schemas.Sectors;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.VoidSerializer;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a real server; the clock is the harness's. */
class DeliveryOperatorHarnessTest {
  private static final long NOW_MS = 1_700_000_000_500L;
  private static final long BACKOFF_MS = 1_000;
  private static final long BACKOFF_MS_MAX = 3_000;
  private static final int QUEUE_MAX = 3;

  @TempDir private Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final Counters counters = new Counters();
  private Receiver receiver;
  private Receiver other;
  private Path secret;

  @BeforeEach
  void start() throws IOException {
    receiver = new Receiver();
    other = new Receiver();
    secret = WebhookSecretsTest.write(folder, "whsec_" + WebhookSecretsTest.base64(32, 7));
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    receiver.close();
    other.close();
  }

  @Test
  void shouldDeliverSignedAndInOrderWhenTheWebhookTakesThem() throws Exception {
    var harness = harness();
    for (int i = 0; i < QUEUE_MAX; i++) {
      harness.processElement(delivery(receiver, "finance", "n" + i), 0);
    }

    answered(harness, QUEUE_MAX);

    assertThat(receiver.ids()).containsExactly("n0", "n1", "n2");
    Receiver.Request first = receiver.requests().get(0);
    assertThat(first.body()).isEqualTo("body of n0");
    assertThat(first.type()).isEqualTo("application/cloudevents+json");
    assertThat(first.timestamp()).isEqualTo("1700000000");
    assertThat(first.signature())
        .isEqualTo(
            WebhookSecrets.read(secret)
                .sign("n0", 1_700_000_000, "body of n0".getBytes(StandardCharsets.UTF_8)));
    assertThat(counters.count(Telemetry.NOTIFY_DELIVERED)).isEqualTo(3);
    assertThat(StateContents.of(harness).keyed()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 502, 503, 599, 429})
  void shouldSendAgainUnderTheSameIdWhenTheWebhookCannotTakeIt(int status) throws Exception {
    var harness = harness();
    receiver.answers(status, status, status);
    harness.processElement(delivery(receiver, "finance", "n0"), 0);
    harness.processElement(delivery(receiver, "finance", "n1"), 0);

    answered(harness, 1);
    assertThat(receiver.ids()).containsExactly("n0");
    after(harness, BACKOFF_MS);
    answered(harness, 1);
    after(harness, 2 * BACKOFF_MS);
    answered(harness, 1);
    after(harness, BACKOFF_MS_MAX);
    answered(harness, 2);

    assertThat(receiver.ids()).containsExactly("n0", "n0", "n0", "n0", "n1");
    assertThat(receiver.requests().stream().map(Receiver.Request::timestamp))
        .containsExactly("1700000000", "1700000001", "1700000003", "1700000006", "1700000006");
    assertThat(counters.count(Telemetry.NOTIFY_RETRIES)).isEqualTo(3);
    assertThat(counters.count(Telemetry.NOTIFY_DELIVERED)).isEqualTo(2);
  }

  @Test
  void shouldWaitAsLongAsAskedAndNoLongerThanItsOwnLimit() throws Exception {
    var harness = harness();
    receiver.answers(429, 503);
    receiver.retryAfter("2");
    harness.processElement(delivery(receiver, "finance", "n0"), 0);

    answered(harness, 1);
    receiver.retryAfter("86400");
    after(harness, 1_999);
    assertThat(receiver.requests()).hasSize(1);
    after(harness, 1);
    answered(harness, 1);
    receiver.retryAfter("soon");
    after(harness, BACKOFF_MS_MAX);
    answered(harness, 1);

    assertThat(receiver.requests()).hasSize(3);
    assertThat(counters.count(Telemetry.NOTIFY_DELIVERED)).isEqualTo(1);
  }

  @Test
  void shouldBeginWithTheShortestPauseWhenSomethingWasTakenInBetween() throws Exception {
    var harness = harness();
    receiver.answers(500, 500, 204, 500);
    harness.processElement(delivery(receiver, "finance", "n0"), 0);
    harness.processElement(delivery(receiver, "finance", "n1"), 0);
    answered(harness, 1);
    after(harness, BACKOFF_MS);
    answered(harness, 1);
    after(harness, 2 * BACKOFF_MS);
    answered(harness, 2);

    after(harness, BACKOFF_MS);
    answered(harness, 1);

    assertThat(receiver.ids()).containsExactly("n0", "n0", "n0", "n1", "n1");
  }

  @Test
  void shouldDeliverWhenTheServerWasDownAndIsUpAgain() throws Exception {
    var harness = harness();
    receiver.stop();
    harness.processElement(delivery(receiver, "finance", "n0"), 0);
    answered(harness, 1);
    receiver.startAgain();

    after(harness, BACKOFF_MS);
    answered(harness, 1);

    assertThat(receiver.ids()).containsExactly("n0");
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 404, 410, 301, 302, 307, 308})
  void shouldGiveUpAndGoOnWhenTheWebhookWillNotTakeIt(int status) throws Exception {
    var harness = harness();
    receiver.answers(status);
    receiver.redirectsTo(other.url());
    harness.processElement(delivery(receiver, "finance", "n0"), 0);
    harness.processElement(delivery(receiver, "finance", "n1"), 0);

    answered(harness, 2);

    assertThat(receiver.ids()).containsExactly("n0", "n1");
    assertThat(other.requests()).as("no redirect is followed").isEmpty();
    assertThat(givenUp(GivenUp.REFUSED)).isEqualTo(1);
    assertThat(counters.count(Telemetry.NOTIFY_DELIVERED)).isEqualTo(1);
    assertThat(StateContents.of(harness).keyed()).isEmpty();
  }

  @Test
  void shouldGoOnWithOtherLanesWhenOneIsStuck() throws Exception {
    var harness = harness();
    receiver.answersAlways(500);
    harness.processElement(delivery(receiver, "finance", "n0"), 0);
    answered(harness, 1);

    harness.processElement(delivery(other, "finance", "n0"), 0);
    harness.processElement(delivery(other, "energy", "n1"), 0);
    answered(harness, 2);

    assertThat(other.ids()).containsExactlyInAnyOrder("n0", "n1");
    assertThat(receiver.ids()).containsExactly("n0");
  }

  @Test
  void shouldGoOnWhenAWebhookTakesTheConnectionAndNeverAnswers() throws Exception {
    try (ServerSocket silent = new ServerSocket(0)) {
      Webhook mute = Webhook.of("http://localhost:" + silent.getLocalPort() + "/");
      var harness = harness(null, 1, 0, List.of(mute, other.webhook()));
      harness.processElement(delivery(mute, "finance", "n0"), 0);
      harness.processElement(delivery(other, "finance", "n0"), 0);

      answered(harness, 2);

      assertThat(other.ids()).containsExactly("n0");
      assertThat(counters.count(Telemetry.NOTIFY_RETRIES)).isEqualTo(1);
    }
  }

  @Test
  void shouldKeepAsManyAsAllowedAndGiveUpTheNewestBeyond() throws Exception {
    var harness = harness();
    receiver.answers(500);
    for (int i = 0; i <= QUEUE_MAX; i++) {
      harness.processElement(delivery(receiver, "finance", "n" + i), 0);
    }
    harness.processElement(delivery(other, "finance", "n" + QUEUE_MAX), 0);
    answered(harness, 2);
    assertThat(givenUp(GivenUp.OVERFLOW)).isEqualTo(1);

    after(harness, BACKOFF_MS);
    answered(harness, QUEUE_MAX);
    harness.processElement(delivery(receiver, "finance", "n9"), 0);
    answered(harness, 1);

    assertThat(receiver.ids()).containsExactly("n0", "n0", "n1", "n2", "n9");
    assertThat(other.ids()).containsExactly("n" + QUEUE_MAX);
    assertThat(givenUp(GivenUp.OVERFLOW)).isEqualTo(1);
  }

  @Test
  void shouldSendUnderTheSameIdsInOrderWhenItWasRestored() throws Exception {
    receiver.answersAlways(500);
    OperatorSubtaskState state;
    var before = harness();
    for (int i = 0; i < QUEUE_MAX; i++) {
      before.processElement(delivery(receiver, "finance", "n" + i), 0);
    }
    answered(before, 1);
    state = before.snapshot(1, 0);
    receiver.answersAlways(204);

    var after = harness(state, 1, 0, List.of(receiver.webhook(), other.webhook()));
    answered(after, QUEUE_MAX);

    assertThat(receiver.ids()).containsExactly("n0", "n0", "n1", "n2");
    assertThat(StateContents.of(after).keyed()).isEmpty();
  }

  @Test
  void shouldForgetWhatWaitsWhenItsWebhookWasTakenAway() throws Exception {
    receiver.answersAlways(500);
    other.answersAlways(500);
    var before = harness();
    before.processElement(delivery(receiver, "finance", "n0"), 0);
    before.processElement(delivery(receiver, "finance", "n1"), 0);
    before.processElement(delivery(other, "finance", "n0"), 0);
    answered(before, 2);
    OperatorSubtaskState state = before.snapshot(1, 0);
    other.answersAlways(204);

    var after = harness(state, 1, 0, List.of(other.webhook()));
    answered(after, 1);

    assertThat(other.ids()).containsExactly("n0", "n0");
    assertThat(receiver.ids()).containsExactly("n0");
    assertThat(givenUp(GivenUp.UNCONFIGURED)).isEqualTo(2);
    assertThat(StateContents.of(after).keyed()).isEmpty();
  }

  @Test
  void shouldKeepEveryLaneWithOneSubtaskWhenOneBecomesFourBecomesOne() throws Exception {
    receiver.answersAlways(500);
    other.answersAlways(500);
    var one = harness();
    for (String sector : Sectors.ALL) {
      for (int i = 0; i < QUEUE_MAX; i++) {
        one.processElement(delivery(receiver, sector, sector + i), 0);
        one.processElement(delivery(other, sector, sector + i), 0);
      }
    }

    OperatorSubtaskState back =
        Rescaling.oneFourOne(
            one.snapshot(1, 0),
            (state, of, at) ->
                harness(state, of, at, List.of(receiver.webhook(), other.webhook())));

    assertThat(StateContents.of(unopenedSender(back)).keyed()).isNotEmpty();
  }

  @Test
  void shouldNotStartWhenTheSecretIsNotThere() {
    secret = folder.resolve("none");

    assertThatThrownBy(this::harness).hasMessageContaining("none");
  }

  private OneInputStreamOperatorTestHarness<Delivery, Void> unopenedSender(
      OperatorSubtaskState state) throws Exception {
    return harness(state, 1, 0, List.of(receiver.webhook(), other.webhook()));
  }

  private OneInputStreamOperatorTestHarness<Delivery, Void> harness() throws Exception {
    return harness(null, 1, 0, List.of(receiver.webhook(), other.webhook()));
  }

  private OneInputStreamOperatorTestHarness<Delivery, Void> harness(
      @Nullable OperatorSubtaskState state, int parallelism, int subtask, List<Webhook> webhooks)
      throws Exception {
    NotifyOptions options =
        new NotifyOptions(
            webhooks, secret.toString(), 1_000, BACKOFF_MS, BACKOFF_MS_MAX, QUEUE_MAX);
    MockEnvironment environment =
        new MockEnvironmentBuilder()
            .setMetricGroup(counters.group())
            .setMaxParallelism(Harnesses.MAX_PARALLELISM)
            .setParallelism(parallelism)
            .setSubtaskIndex(subtask)
            .build();
    var harness =
        new OneInputStreamOperatorTestHarness<>(new DeliveryOperatorFactory(options), environment);
    harness
        .getStreamConfig()
        .setStatePartitioner(0, (KeySelector<Delivery, String>) Delivery::lane);
    harness.getStreamConfig().setStateKeySerializer(StringSerializer.INSTANCE);
    harness.getStreamConfig().serializeAllConfigs();
    open.add(0, harness);
    harness.getProcessingTimeService().setCurrentTime(NOW_MS);
    return Harnesses.open(harness, state, VoidSerializer.INSTANCE);
  }

  private static Delivery delivery(Receiver to, String sector, String id) {
    return delivery(to.webhook(), sector, id);
  }

  private static Delivery delivery(Webhook to, String sector, String id) {
    return new Delivery(to.id(), sector, id, ("body of " + id).getBytes(StandardCharsets.UTF_8));
  }

  /** Waits for so many answers and lets the operator know of them. */
  private static void answered(OneInputStreamOperatorTestHarness<Delivery, Void> harness, int times)
      throws Exception {
    for (int i = 0; i < times; i++) {
      harness.getTaskMailbox().take(TaskMailbox.MIN_PRIORITY).run();
    }
  }

  private static void after(OneInputStreamOperatorTestHarness<Delivery, Void> harness, long ms)
      throws Exception {
    harness.setProcessingTime(harness.getProcessingTime() + ms);
  }

  private long givenUp(GivenUp reason) {
    return counters.count(Telemetry.NOTIFY_GIVEN_UP, Telemetry.KEY_NOTIFY_REASON, reason.name());
  }
}
