package io.knhk.operators.record;

import io.knhk.ledger.KeyRing;
import io.knhk.ledger.LedgerFormatException;
import io.knhk.ledger.ReceiptBody;
import io.knhk.operators.record.CommittedReceipts.CommittedHead;
import io.knhk.operators.types.OutboundMessage;
import io.knhk.schemas.Topics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * Holds what a committer was restored with against what was committed, before it is sent. Flink
 * commits it while the job starts, and does not wait for {@link LogGuard}; and a savepoint that
 * ended no job holds receipts whose numbers another history may have used since.
 *
 * <p>A batch whose last number of a chain is committed with the same bytes is sent again, whole.
 * With other bytes it is refused for good. Where the log is past it, nothing of it is sent: either
 * it is there already, or it is another history's. A chain is looked at until it has gone past what
 * was committed at the start.
 */
final class SentBefore {
  private final ReceiptsTopic.Opener opener;
  private final KeyRing trusted;

  /** By log, then by sector: the chains that have not gone past. */
  private final Map<String, Map<String, CommittedHead>> committed = new HashMap<>();

  /** By log: the sectors that were looked for. */
  private final Map<String, Set<String>> known = new HashMap<>();

  SentBefore(ReceiptsTopic.Opener opener, KeyRing trusted) {
    this.opener = opener;
    this.trusted = trusted;
  }

  /**
   * What of a batch is to be sent, in its order.
   *
   * @throws SuppressRestartsException when a number of it has another receipt
   */
  List<OutboundMessage> unsent(List<OutboundMessage> batch)
      throws IOException, InterruptedException {
    Map<String, List<Numbered>> chains = new HashMap<>();
    for (OutboundMessage message : batch) {
      if (message.topic().equals(Topics.RECEIPTS) && isLookedAt(message.key())) {
        Numbered numbered = numbered(message);
        chains.computeIfAbsent(numbered.log(), log -> new ArrayList<>()).add(numbered);
      }
    }
    Set<OutboundMessage> passed = new HashSet<>();
    for (Map.Entry<String, List<Numbered>> log : chains.entrySet()) {
      look(log.getKey(), log.getValue());
      passed.addAll(passed(log.getKey(), log.getValue()));
    }
    return passed.isEmpty()
        ? batch
        : batch.stream().filter(message -> !passed.contains(message)).toList();
  }

  /** Whether a chain of the sector may not have gone past yet. */
  private boolean isLookedAt(String sector) {
    if (known.values().stream().noneMatch(sectors -> sectors.contains(sector))) {
      return true;
    }
    return committed.values().stream().anyMatch(heads -> heads.containsKey(sector));
  }

  private void look(String log, List<Numbered> receipts) throws IOException, InterruptedException {
    Set<String> missing = new HashSet<>();
    receipts.forEach(receipt -> missing.add(receipt.sector()));
    Set<String> looked = known.computeIfAbsent(log, name -> new HashSet<>());
    missing.removeAll(looked);
    if (missing.isEmpty()) {
      return;
    }
    try (ReceiptsTopic topic = opener.open()) {
      Map<String, CommittedHead> heads = CommittedLog.open(topic, trusted, log).tail(missing);
      heads.keySet().retainAll(missing);
      committed.computeIfAbsent(log, name -> new HashMap<>()).putAll(heads);
    }
    looked.addAll(missing);
  }

  private Set<OutboundMessage> passed(String log, List<Numbered> receipts) {
    Map<String, CommittedHead> heads = committed.getOrDefault(log, Map.of());
    Set<OutboundMessage> passed = new HashSet<>();
    Map<String, Long> last = new HashMap<>();
    for (Numbered receipt : receipts) {
      last.merge(receipt.sector(), receipt.seq(), Math::max);
    }
    for (Numbered receipt : receipts) {
      CommittedHead head = heads.get(receipt.sector());
      if (head == null) {
        continue;
      }
      if (head.nextSeq() - 1 > last.getOrDefault(receipt.sector(), 0L)) {
        passed.add(receipt.message());
      } else if (receipt.seq() == head.nextSeq() - 1
          && !head.lastHash().equals(ReceiptBody.hash(receipt.message().body()))) {
        throw LogGuard.refused(
            "KNHK-1202: expected the state of this log's history: log="
                + log
                + ", sector="
                + receipt.sector()
                + ", seq="
                + receipt.seq()
                + ", state="
                + ReceiptBody.hash(receipt.message().body())
                + ", committed="
                + head.lastHash()
                + ". The savepoint or checkpoint was left before these numbers were committed otherwise: start"
                + " with newer state, or begin another log with --new-log NAME.");
      }
    }
    last.forEach(
        (sector, seq) -> {
          CommittedHead head = heads.get(sector);
          if (head != null && seq >= head.nextSeq() - 1) {
            heads.remove(sector);
          }
        });
    return passed;
  }

  private static Numbered numbered(OutboundMessage message) throws IOException {
    try {
      ReceiptBody body = ReceiptBody.parse(message.body());
      return new Numbered(message, body.log(), body.sector(), body.seq());
    } catch (LedgerFormatException e) {
      throw new IOException("expected a numbered receipt in state: " + e.getMessage(), e);
    }
  }

  private record Numbered(OutboundMessage message, String log, String sector, long seq) {}
}
