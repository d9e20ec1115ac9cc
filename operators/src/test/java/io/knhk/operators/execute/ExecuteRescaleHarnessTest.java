package io.knhk.operators.execute;

import static io.knhk.operators.types.Samples.T0;
import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.knowledge.ValidationLimits;
import io.knhk.knowledge.governance.GovernanceOptions;
import io.knhk.operators.types.Edges;
import io.knhk.operators.types.Harnesses;
import io.knhk.operators.types.OutboundMessage;
import io.knhk.operators.types.Rescaling;
import io.knhk.operators.types.Samples;
import io.knhk.operators.types.SectorSignal;
import io.knhk.operators.types.StateContents;
import io.knhk.schemas.Sectors;
import io.knhk.schemas.detection.Pattern;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // Harnesses close with any exception.
class ExecuteRescaleHarnessTest {
  private static final long EXPIRY_MS = 7L * 24 * 3_600_000;
  private static final Map<String, byte[]> TRIPLES = Samples.triples();

  /** What came out. */
  private record Said(List<ReceiptDraft> receipts, List<OutboundMessage> messages) {}

  @Test
  void shouldGoOnTheSameWhenOneBecomesFourBecomesOne() throws Exception {
    OperatorSubtaskState one;
    try (var execute = open(null, 1, 0)) {
      tick(execute, T0);
      pattern(execute, Findings.unknownAttribute("promoted", 1.0, T0));
      pattern(execute, Findings.outOfRange(T0));
      execute.processElement2(new StreamRecord<>(SectorSignal.sample(Findings.sample(T0))));
      assertThat(namesIn(StateContents.of(execute)))
          .containsExactlyInAnyOrder(
              "awaited",
              "base",
              "deltas",
              "governance",
              "head",
              "held-elements",
              "pending",
              "pending-count",
              "recent-observations",
              "recent-proposals",
              "recent-types",
              "recorded-time",
              "triples-published",
              "watched-promotions");
      one = Harnesses.barrier(execute, 1);
    }

    OperatorSubtaskState back = Rescaling.oneFourOne(one, ExecuteRescaleHarnessTest::open);

    Said straight = goOn(one);
    assertThat(goOn(back)).usingRecursiveComparison().isEqualTo(straight);
    assertThat(straight.receipts())
        .extracting(ReceiptDraft::outcome)
        .contains("promoted", "expired")
        .doesNotContain("begun");
    assertThat(straight.messages()).hasSize(1);
  }

  /** What is pending stays so and then expires, and the next version follows the last. */
  private static Said goOn(OperatorSubtaskState state) throws Exception {
    try (var execute = open(state, 1, 0)) {
      pattern(execute, Findings.outOfRange(T0 + 1));
      pattern(execute, Findings.unknownAttribute("next", 1.0, T0 + 1));
      tick(execute, T0 + EXPIRY_MS);
      return new Said(Harnesses.take(execute, Edges.RECEIPTS), Harnesses.take(execute));
    }
  }

  private static Set<String> namesIn(StateContents contents) {
    return contents.keyed().keySet().stream()
        .map(key -> key.substring(0, key.indexOf('/')))
        .collect(Collectors.toSet());
  }

  private static void pattern(
      KeyedTwoInputStreamOperatorTestHarness<String, Pattern, SectorSignal, OutboundMessage>
          execute,
      Pattern pattern)
      throws Exception {
    execute.processElement1(new StreamRecord<>(pattern));
  }

  private static void tick(
      KeyedTwoInputStreamOperatorTestHarness<String, Pattern, SectorSignal, OutboundMessage>
          execute,
      long recordedAtMs)
      throws Exception {
    for (String sector : Sectors.ALL) {
      execute.processElement2(new StreamRecord<>(SectorSignal.tick(sector, recordedAtMs)));
    }
  }

  private static KeyedTwoInputStreamOperatorTestHarness<
          String, Pattern, SectorSignal, OutboundMessage>
      open(@Nullable OperatorSubtaskState state, int parallelism, int subtask) throws Exception {
    ExecuteOptions options =
        new ExecuteOptions(
            "log-1",
            Map.of("finance", Evolution.EVOLVE),
            10,
            0,
            List.of("monitor"),
            GovernanceOptions.DEFAULTS.withRequests(EXPIRY_MS, 1_000, 1_000),
            ValidationLimits.DEFAULT,
            "");
    return Harnesses.open(
        new KeyedTwoInputStreamOperatorTestHarness<>(
            new KeyedCoProcessOperator<>(new ExecuteFunction(options, TRIPLES)),
            Pattern::sector,
            SectorSignal::sector,
            Types.STRING,
            Harnesses.MAX_PARALLELISM,
            parallelism,
            subtask),
        state);
  }
}
