package io.knhk.flinkconf;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.flinkconf.KafkaProxy.Hold;
import io.knhk.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The TaskManager is killed at the two moments in which a receipt is neither unsaid nor known to be
 * said: its checkpoint is complete and it is on its way, and it has arrived and nobody was told.
 */
final class SendFaultCase {
  private static final Duration SETTLES_WITHIN = Duration.ofMinutes(2);
  private static final Duration HELD_WITHIN = Duration.ofSeconds(30);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  private Site site;
  private Publisher publisher;

  @BeforeEach
  void start() throws Exception {
    site = Site.start(folder);
    site.runBoth();
    publisher = Publisher.start(site.broker().bootstrapServers(), 1_000);
    publisher.await(5_000);
    Eventually.until(
        HELD_WITHIN,
        "receipts in PostgreSQL",
        () -> site.ledgers().archivedObservations(Site.LOG) > 0);
  }

  @AfterEach
  void stop() throws Exception {
    publisher.close();
    site.close();
  }

  @Test
  void shouldSendTheSameBytesWhenKilledBetweenTheCheckpointAndTheSending() throws Exception {
    String loop = site.cluster().jobId(Cluster.LOOP);
    FlinkRest rest = site.cluster().rest();
    site.proxy().hold(Hold.REQUESTS);
    Eventually.until(HELD_WITHIN, "receipts are being sent", () -> site.proxy().heldFrames() > 0);
    List<byte[]> held = site.proxy().heldValues();
    long receiptsBefore = site.receiptsInKafka();
    long completed = rest.awaitStandstill(loop, HELD_WITHIN);

    Processes.kill(site.cluster().taskManagerOf(Cluster.LOOP, "record"));

    assertThat(held).isNotEmpty();
    assertThat(site.receiptsInKafka()).as("nothing has arrived").isEqualTo(receiptsBefore);
    assertThat(values()).as("none of what was held").doesNotContainAnyElementsOf(text(held));
    site.proxy().dropHeld();

    publisher.await(publisher.acknowledged() + 10_000);
    assertThat(rest.restoredCheckpoint(loop))
        .as("it went on from the checkpoint whose receipts were held")
        .isEqualTo(completed);
    Ledgers.Log log = site.settleAndCheck(publisher, SETTLES_WITHIN);
    assertThat(new HashSet<>(values())).as("the same bytes, after all").containsAll(text(held));
    Site.said(
        "killed before sending: checkpoint %d, receipts held %d, duplicates %d",
        completed, held.size(), log.duplicates());
  }

  @Test
  void shouldSendTheSameBytesAgainWhenKilledBetweenTheSendingAndTheAcknowledgement()
      throws Exception {
    site.proxy().hold(Hold.RESPONSES);
    Eventually.until(
        HELD_WITHIN, "an acknowledgement is held", () -> site.proxy().heldFrames() > 0);
    List<byte[]> unacknowledged = site.proxy().heldValues();

    Processes.kill(site.cluster().taskManagerOf(Cluster.LOOP, "record"));

    assertThat(unacknowledged).isNotEmpty();
    assertThat(values()).as("it has arrived").containsAll(text(unacknowledged));
    site.proxy().dropHeld();

    publisher.await(publisher.acknowledged() + 10_000);
    Ledgers.Log log = site.settleAndCheck(publisher, SETTLES_WITHIN);
    List<String> values = values();
    Set<String> twice = new HashSet<>(text(unacknowledged));
    for (String value : new HashSet<>(values)) {
      values.remove(value);
    }
    assertThat(new HashSet<>(values)).as("each of them is there again").containsAll(twice);
    assertThat(log.duplicates()).isGreaterThanOrEqualTo(twice.size());
    Site.said(
        "killed before the acknowledgement: receipts unacknowledged %d, duplicates %d",
        unacknowledged.size(), log.duplicates());
  }

  /** Every value of the receipts topic. */
  private List<String> values() {
    List<byte[]> values = new ArrayList<>();
    Topic.read(
        site.broker().bootstrapServers(), Topics.RECEIPTS, record -> values.add(record.value()));
    return text(values);
  }

  private static List<String> text(List<byte[]> values) {
    List<String> texts = new ArrayList<>(values.size());
    for (byte[] value : values) {
      texts.add(new String(value, StandardCharsets.ISO_8859_1));
    }
    return texts;
  }
}
