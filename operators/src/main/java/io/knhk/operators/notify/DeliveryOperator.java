package io.knhk.operators.notify;

import static java.util.Objects.requireNonNull;

import io.knhk.registry.Telemetry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers notifications, keyed by {@link Delivery#lane}: in each lane one after the other, in
 * order, each again and again until the webhook has answered. Lanes do not wait for each other, and
 * neither records nor barriers wait for a webhook.
 *
 * <p>Why it is no sink and no asynchronous function: a sink's writer that keeps what waits has it
 * as state that is dealt out by turns when the job is rescaled, which would send a lane's
 * notifications from two subtasks; one that does not keep it holds every barrier back while a
 * webhook is away. Flink's asynchronous function keeps the order of all or of none, so one webhook
 * would stop every other.
 *
 * <p>State: the notifications that wait, at most {@link NotifyOptions#queueMax} a lane, as many
 * lanes as there are webhooks times sectors. A lane that is empty has none. What comes to a full
 * lane is given up, and counted. At least once: what was sent and not yet taken out of the state is
 * sent again after a failure, under the same id.
 */
public final class DeliveryOperator extends AbstractStreamOperator<Void>
    implements OneInputStreamOperator<Delivery, Void> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryOperator.class);

  private static final ValueStateDescriptor<QueueEnds> ENDS =
      new ValueStateDescriptor<>("queue-ends", TypeInformation.of(QueueEnds.class));
  private static final MapStateDescriptor<Long, QueuedNotification> QUEUE =
      new MapStateDescriptor<>("queue", Types.LONG, TypeInformation.of(QueuedNotification.class));

  private final NotifyOptions options;
  private final MailboxExecutor mailbox;
  private final Map<String, Webhook> webhooks = new HashMap<>();
  private final Map<GivenUp, Counter> givenUp = new HashMap<>();

  /** The gauge is read by another thread. */
  private final AtomicLong waiting = new AtomicLong();

  /** Lanes in which something is under way or waits for its next attempt. */
  private final Map<String, Attempt> attempts = new HashMap<>();

  private transient ValueState<QueueEnds> ends;
  private transient MapState<Long, QueuedNotification> queue;
  private transient Counter delivered;
  private transient Counter retries;
  private transient @Nullable WebhookClient client;

  DeliveryOperator(
      StreamOperatorParameters<Void> parameters, NotifyOptions options, MailboxExecutor mailbox) {
    super(parameters);
    this.options = options;
    this.mailbox = mailbox;
    options.webhooks().forEach(webhook -> webhooks.put(webhook.id(), webhook));
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    ends = context.getKeyedStateStore().getState(ENDS);
    queue = context.getKeyedStateStore().getMapState(QUEUE);
  }

  @Override
  public void open() throws Exception {
    super.open();
    for (GivenUp reason : GivenUp.values()) {
      givenUp.put(
          reason,
          getMetricGroup()
              .addGroup(Telemetry.KEY_NOTIFY_REASON, reason.name())
              .counter(Telemetry.NOTIFY_GIVEN_UP));
    }
    delivered = getMetricGroup().counter(Telemetry.NOTIFY_DELIVERED);
    retries = getMetricGroup().counter(Telemetry.NOTIFY_RETRIES);
    getMetricGroup().gauge(Telemetry.NOTIFY_WAITING, waiting::get);
    client =
        new WebhookClient(
            WebhookSecrets.read(Path.of(options.secretFile())),
            Duration.ofMillis(options.timeoutMs()),
            options.webhooks().size());
    goOn();
  }

  @Override
  public void processElement(StreamRecord<Delivery> element) throws Exception {
    Delivery delivery = element.getValue();
    QueueEnds known = known();
    if (known.size() >= options.queueMax()) {
      giveUp(delivery.lane(), delivery.id(), GivenUp.OVERFLOW, "limit=" + options.queueMax());
      return;
    }
    queue.put(known.next(), new QueuedNotification(delivery.id(), delivery.body()));
    ends.update(new QueueEnds(known.first(), known.next() + 1));
    waiting.incrementAndGet();
    if (!attempts.containsKey(delivery.lane())) {
      attempt(delivery.lane(), 0);
    }
  }

  @Override
  public void close() throws Exception {
    if (client != null) {
      client.close();
    }
    super.close();
  }

  /** What waited when the state was written, of webhooks that are still there. */
  private void goOn() throws Exception {
    List<String> lanes;
    try (Stream<String> keys =
        this.<String>getKeyedStateBackend().getKeys(ENDS.getName(), VoidNamespace.INSTANCE)) {
      lanes = keys.toList();
    }
    for (String lane : lanes) {
      setCurrentKey(lane);
      QueueEnds known = known();
      waiting.addAndGet(known.size());
      if (webhooks.containsKey(Delivery.webhookOf(lane))) {
        attempt(lane, 0);
      } else {
        for (long number = known.first(); number < known.next(); number++) {
          giveUp(lane, queue.get(number).id(), GivenUp.UNCONFIGURED, "its webhook was taken away");
        }
        waiting.addAndGet(-known.size());
        queue.clear();
        ends.clear();
      }
    }
  }

  /** Sends the first of the lane that is the current key. */
  private void attempt(String lane, long lastPauseMs) throws Exception {
    QueuedNotification first = queue.get(known().first());
    Attempt attempt = new Attempt(lane, first.id(), lastPauseMs);
    attempts.put(lane, attempt);
    long timestamp =
        TimeUnit.MILLISECONDS.toSeconds(getProcessingTimeService().getCurrentProcessingTime());
    var unused =
        requireNonNull(client)
            .post(webhookOf(lane).url(), first, timestamp)
            .thenAccept(answer -> inMailbox(attempt, answer));
  }

  /** Called by the client's thread. */
  private void inMailbox(Attempt attempt, WebhookClient.Answer answer) {
    try {
      mailbox.execute(() -> answered(attempt, answer), "webhook answered");
    } catch (RejectedExecutionException e) {
      LOG.debug("The task ended before its webhook answered; the notification is sent again", e);
    }
  }

  private void answered(Attempt attempt, WebhookClient.Answer answer) throws Exception {
    setCurrentKey(attempt.lane());
    if (answer instanceof WebhookClient.Answer.Later later) {
      again(attempt, later);
      return;
    }
    if (answer instanceof WebhookClient.Answer.Never never) {
      giveUp(attempt.lane(), attempt.id(), GivenUp.REFUSED, never.problem());
    } else {
      delivered.inc();
    }
    attempts.remove(attempt.lane());
    if (removeFirst()) {
      attempt(attempt.lane(), 0);
    }
  }

  private void again(Attempt attempt, WebhookClient.Answer.Later later) {
    retries.inc();
    long pauseMs =
        Math.min(
            Math.max(attempt.nextPauseMs(options.backoffMsMin()), later.afterMs().orElse(0)),
            options.backoffMsMax());
    LOG.warn(
        "Webhook {} did not take notification {}; it is sent again in {} ms: {}",
        webhookOf(attempt.lane()),
        attempt.id(),
        pauseMs,
        later.problem());
    // Its future is not kept: timers end with the task.
    var unused =
        getProcessingTimeService()
            .registerTimer(
                getProcessingTimeService().getCurrentProcessingTime() + pauseMs,
                time -> {
                  setCurrentKey(attempt.lane());
                  attempt(attempt.lane(), pauseMs);
                });
  }

  /** Whether there is another. */
  private boolean removeFirst() throws Exception {
    QueueEnds known = known();
    queue.remove(known.first());
    waiting.decrementAndGet();
    if (known.size() == 1) {
      ends.clear();
      return false;
    }
    ends.update(new QueueEnds(known.first() + 1, known.next()));
    return true;
  }

  private QueueEnds known() throws Exception {
    QueueEnds stored = ends.value();
    return stored == null ? QueueEnds.EMPTY : stored;
  }

  private void giveUp(String lane, String id, GivenUp reason, String problem) {
    requireNonNull(givenUp.get(reason)).inc();
    LOG.error("Notification {} is not delivered to {}: {}: {}", id, name(lane), reason, problem);
  }

  private Webhook webhookOf(String lane) {
    return requireNonNull(webhooks.get(Delivery.webhookOf(lane)));
  }

  /** For people. */
  private String name(String lane) {
    Webhook webhook = webhooks.get(Delivery.webhookOf(lane));
    return webhook == null ? lane : webhook.toString();
  }

  /**
   * @param lastPauseMs before this attempt; 0 for the first
   */
  private record Attempt(String lane, String id, long lastPauseMs) {
    long nextPauseMs(long least) {
      return lastPauseMs == 0 ? least : lastPauseMs * 2;
    }
  }
}
