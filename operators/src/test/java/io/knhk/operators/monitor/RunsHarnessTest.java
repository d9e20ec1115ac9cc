package io.knhk.operators.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.knhk.ledger.CompactRange;
import io.knhk.ledger.SaltedLeaves;
import io.knhk.ledger.SigningKey;
import io.knhk.operators.types.CheckedObservation;
import io.knhk.operators.types.ControlUpdate;
import io.knhk.operators.types.DeadLetter;
import io.knhk.operators.types.Edges;
import io.knhk.operators.types.Harnesses;
import io.knhk.operators.types.RawRecord;
import io.knhk.operators.types.Samples;
import io.knhk.schemas.Sectors;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/**
 * Whatever comes, every record is in exactly one run, and the run's root is over exactly its
 * records.
 */
@SuppressWarnings("try") // Harnesses close with any exception.
class RunsHarnessTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final SigningKey KEY = Samples.newKey();
  private static final List<byte[]> GENESIS = Samples.genesis();
  private static Path folder = Path.of("");
  private static Path keyFile = Path.of("");

  @BeforeContainer
  static void writeKey() throws IOException {
    folder = Files.createTempDirectory("runs");
    keyFile = Samples.keyFile(folder, KEY);
  }

  @AfterContainer
  static void deleteKey() throws IOException {
    Files.deleteIfExists(keyFile);
    Files.deleteIfExists(folder);
  }

  @Property(tries = 15)
  void shouldPutEveryRecordInOneRunWhenGoodAndBadAreMixed(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 400) int count) throws Exception {
    Random random = new Random(seed);
    Feed feed = new Feed();
    CompiledSnapshot snapshot = Samples.genesis("finance");
    Map<String, Map<Long, RawRecord>> read = new HashMap<>();
    List<ReceiptDraft> receipts = new ArrayList<>();
    List<DeadLetter> deadLetters = new ArrayList<>();
    List<CheckedObservation> checked = new ArrayList<>();
    OperatorSubtaskState state = null;
    for (int from = 0; from < count; from += 150) {
      // A failure after each checkpoint: what it held goes on, and nothing else is there.
      try (var monitor = open(state)) {
        for (int i = from; i < Math.min(count, from + 150); i++) {
          int partition = random.nextInt(3);
          switch (random.nextInt(20)) {
            case 0 -> Harnesses.barrier(monitor, i + 1);
            case 1 -> {
              snapshot = Samples.following(snapshot);
              monitor.processElement2(
                  new StreamRecord<>(ControlUpdate.snapshot(snapshot, Samples.T0)));
            }
            case 2, 3, 4 ->
                read(monitor, feed.text(partition, "not an event"), Sectors.INGEST, read);
            case 5, 6, 7, 8 ->
                read(monitor, feed.reading(partition, Feed.SOURCE, Samples.T0), "energy", read);
            case 9, 10 ->
                read(
                    monitor,
                    feed.paymentWithRisk(partition, Feed.SOURCE, Samples.T0 + i),
                    "finance",
                    read);
            default ->
                read(
                    monitor, feed.payment(partition, Feed.SOURCE, Samples.T0 + i), "finance", read);
          }
        }
        state = Harnesses.barrier(monitor, count + from + 1);
        receipts.addAll(Harnesses.take(monitor, Edges.RECEIPTS));
        deadLetters.addAll(Harnesses.take(monitor, Edges.DEAD_LETTERS));
        checked.addAll(Harnesses.take(monitor));
      }
    }

    int all = read.values().stream().mapToInt(Map::size).sum();
    assertThat(checked.size() + deadLetters.size()).isEqualTo(all);
    for (ReceiptDraft receipt : receipts) {
      takeRun(receipt, read);
    }
    assertThat(read.values()).allSatisfy(rest -> assertThat(rest).isEmpty());
  }

  /** Takes a run's records out of those that were read; they must be there still. */
  private static void takeRun(ReceiptDraft receipt, Map<String, Map<Long, RawRecord>> read)
      throws IOException {
    JsonNode evidence = JSON.readTree(receipt.evidence());
    Map<Long, RawRecord> left =
        read.getOrDefault(
            evidence.get("partition").asInt() + "/" + receipt.sector(), new HashMap<>());
    SaltedLeaves leaves =
        new SaltedLeaves(SaltedLeaves.seed(SaltedLeaves.secret(KEY), receipt.subject()));
    CompactRange range = new CompactRange();
    for (long offset = evidence.get("firstOffset").asLong();
        offset <= evidence.get("lastOffset").asLong();
        offset++) {
      RawRecord record = left.remove(offset);
      if (record != null) {
        range.append(leaves.leaf(range.size(), record.value()));
      }
    }
    assertThat(range.size()).isEqualTo(evidence.get("count").asLong());
    assertThat(evidence.get("merkleRoot").asText())
        .isEqualTo(HexFormat.of().formatHex(range.root()));
  }

  private static void read(
      TwoInputStreamOperatorTestHarness<RawRecord, ControlUpdate, CheckedObservation> monitor,
      RawRecord record,
      String sector,
      Map<String, Map<Long, RawRecord>> read)
      throws Exception {
    monitor.processElement1(new StreamRecord<>(record));
    read.computeIfAbsent(record.partition() + "/" + sector, key -> new HashMap<>())
        .put(record.offset(), record);
  }

  private static TwoInputStreamOperatorTestHarness<RawRecord, ControlUpdate, CheckedObservation>
      open(@Nullable OperatorSubtaskState state) throws Exception {
    return Harnesses.open(
        new TwoInputStreamOperatorTestHarness<>(
            new MonitorOperator(new MonitorOptions(10_000, keyFile.toString()), "monitor", GENESIS),
            Harnesses.MAX_PARALLELISM,
            1,
            0),
        state);
  }
}
