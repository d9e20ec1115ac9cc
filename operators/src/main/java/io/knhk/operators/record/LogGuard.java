package io.knhk.operators.record;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.ledger.CanonicalJson;
import io.knhk.ledger.KeyRing;
import io.knhk.ledger.ReceiptChain.Head;
import io.knhk.ledger.Subjects;
import io.knhk.operators.record.CommittedReceipts.CommittedHead;
import io.knhk.schemas.receipt.Operation;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * Whether a job may number receipts with the state that it has. A log is never forked by a restart
 * or an old savepoint: state that is behind what was committed is refused, for good, since trying
 * again would not change it; so is state of another log, and state that a partition of the topic
 * contradicts. A person may allow it; then that is in a receipt.
 */
final class LogGuard {
  private final String log;
  private final KeyRing trusted;
  private final StartPolicy policy;

  LogGuard(String log, KeyRing trusted, StartPolicy policy) {
    this.log = log;
    this.trusted = trusted;
    this.policy = policy;
  }

  /**
   * What a job has to do before it numbers anything.
   *
   * @param beginsLog whether the chains in state are another log's, and begin anew
   * @param committed where each chain ends, as far as it was read
   * @param ends where each partition ended when it was read
   */
  record Start(boolean beginsLog, Map<String, CommittedHead> committed, Map<Integer, Long> ends) {}

  /**
   * Reads what was committed beyond the state.
   *
   * @param state every {@link ReceiptsEnd} in state; none in a job without state
   * @throws SuppressRestartsException when the state is another log's, or the topic is not the one
   *     that it was written with
   */
  Start read(ReceiptsTopic topic, Iterable<ReceiptsEnd> state)
      throws IOException, InterruptedException {
    Map<Integer, Long> seen = new TreeMap<>();
    boolean beginsLog = false;
    for (ReceiptsEnd end : state) {
      if (isAnotherLog(end.log())) {
        beginsLog = true;
      } else {
        seen.merge(end.partition(), end.offset(), Math::max);
      }
    }
    CommittedLog committed = CommittedLog.open(topic, trusted, log);
    Map<Integer, Long> ends = new TreeMap<>();
    committed.offsets().forEach((partition, there) -> ends.put(partition, there.end()));
    seen.forEach((partition, end) -> checkEnd(partition, end, ends.getOrDefault(partition, 0L)));
    // Without state one receipt is enough to refuse; to go on from the end, the end must be known.
    boolean oneIsEnough = seen.isEmpty() && !policy.acceptsRegression();
    return new Start(
        beginsLog, oneIsEnough ? committed.lastSeen() : committed.headsSince(seen), ends);
  }

  private boolean isAnotherLog(String stateLog) {
    if (stateLog.equals(log)) {
      return false;
    }
    if (policy.newLog()) {
      return true;
    }
    throw refused(
        "KNHK-1202: expected state of the log that is configured: state="
            + stateLog
            + ", configured="
            + log
            + ". Go on with knhk.log="
            + stateLog
            + ", or begin the other log with --new-log "
            + log
            + ".");
  }

  /** Where a partition ended once, there it ends at least for ever. */
  private void checkEnd(int partition, long seen, long end) {
    if (seen > end) {
      throw refused(
          "KNHK-1202: expected the receipts topic that this state was written with: log="
              + log
              + ", partition="
              + partition
              + ", state="
              + seen
              + ", end="
              + end
              + ". Committed receipts are gone, or it is another topic: bring it back, or begin"
              + " another log with --new-log NAME.");
    }
  }

  /**
   * Compares the heads in state with those that were committed.
   *
   * @param state by sector; a chain that is not named is empty
   * @return the chains that go on from the committed head, by leave of a person
   * @throws SuppressRestartsException when state is behind and nobody allowed it, or when it is of
   *     another history
   */
  Map<String, CommittedHead> behind(Map<String, Head> state, Map<String, CommittedHead> committed) {
    Map<String, CommittedHead> behind = new TreeMap<>();
    committed.forEach(
        (sector, end) -> {
          Head head = state.getOrDefault(sector, Head.empty());
          if (head.nextSeq() < end.nextSeq()) {
            behind.put(sector, end);
          } else if (head.nextSeq() == end.nextSeq() && !end.lastHash().equals(head.lastHash())) {
            throw refused(
                "KNHK-1202: expected the state of this log's history: log="
                    + log
                    + ", sector="
                    + sector
                    + ", seq="
                    + (end.nextSeq() - 1)
                    + ", state="
                    + head.lastHash()
                    + ", committed="
                    + end.lastHash()
                    + ". Start with the state that wrote it, or begin another log with --new-log NAME.");
          }
        });
    if (!behind.isEmpty() && !policy.acceptsRegression()) {
      throw refused(
          "KNHK-1201: expected state as far as the committed log: log="
              + log
              + ", "
              + behind.entrySet().stream()
                  .map(entry -> numbers(entry, state))
                  .collect(Collectors.joining(", "))
              + ". Start with newer state (-s, or flink-conf/cluster resume loop). To go on from the committed end, which is receipted,"
              + " submit with --accept-regression REASON; to begin another log, with --new-log NAME.");
    }
    return behind;
  }

  /** What says in the log that its state was behind. It needs no clock: all of it is in the log. */
  ReceiptDraft restored(String sector, Head state, CommittedHead committed) {
    ObjectNode evidence = JsonNodeFactory.instance.objectNode();
    evidence.put("committedHash", committed.lastHash());
    evidence.put("committedSeq", committed.nextSeq());
    evidence.put("reason", policy.acceptedRegression());
    evidence.put("stateHash", state.lastHash());
    evidence.put("stateSeq", state.nextSeq());
    return new ReceiptDraft(
        sector,
        Operation.LedgerRestored,
        committed.recordedAtMs(),
        committed.recordedAtMs(),
        "accepted",
        Subjects.ofContent(evidence),
        "",
        List.of(),
        new String(CanonicalJson.bytes(evidence), StandardCharsets.UTF_8));
  }

  private static String numbers(Map.Entry<String, CommittedHead> behind, Map<String, Head> state) {
    return "sector="
        + behind.getKey()
        + " state="
        + state.getOrDefault(behind.getKey(), Head.empty()).nextSeq()
        + " committed="
        + behind.getValue().nextSeq();
  }

  static SuppressRestartsException refused(String message) {
    return new SuppressRestartsException(new IllegalStateException(message));
  }
}
