package io.knhk.cli.summary;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knhk.cli.verify.AuditReport;
import io.knhk.ledger.ReceiptBody;
import io.knhk.schemas.Sectors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Counts verified receipts as an audit hands them over: those of a sector in order of number. Keeps
 * one entry a run, a pending proposal and a snapshot version. For one thread.
 */
public final class SummaryCollector implements Consumer<ReceiptBody> {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** By log and sector of the receipt, in the order of their numbers. */
  private final Map<String, List<Counted>> counted = new HashMap<>();

  private final Map<String, Tally> tallies = new HashMap<>();

  public SummaryCollector() {
    Sectors.ALL.forEach(this::tally);
  }

  /**
   * @param receipt one that was verified
   */
  @Override
  public void accept(ReceiptBody receipt) {
    Tally tally = tally(receipt.sector());
    tally.verified++;
    switch (receipt.operation()) {
      case ObservationIngested -> {
        tally.ingested(receipt.snapshotId(), evidence(receipt));
        count(receipt, receipt.sector(), evidence(receipt).path("count").asLong(), 0);
      }
      case ObservationsRejected -> rejected(receipt, evidence(receipt));
      case LedgerRestored -> restored(receipt, evidence(receipt));
      case PatternDetected -> tally.patterns++;
      case ProposalGenerated -> tally.proposals++;
      case TransactionDecided -> tally.decided(receipt.outcome(), evidence(receipt));
      case SectorUpdated -> tally.runs(receipt.subject(), evidence(receipt));
      case SnapshotPromoted -> {
        tally.promoted++;
        tally.runs(receipt.subject(), evidence(receipt));
        tally.ended(evidence(receipt));
      }
      case LoopCycleCompleted -> tally.ended(evidence(receipt));
      default -> {
        // Says nothing that is counted here.
      }
    }
  }

  /**
   * The counts so far.
   *
   * @param report of the audit that handed the receipts over: how many are stored
   * @param elapsedMs how long the run took
   */
  public Summary summary(AuditReport report, long elapsedMs) {
    for (AuditReport.Chain chain : report.chains()) {
      if (!chain.sector().isEmpty()) {
        tally(chain.sector());
      }
    }
    SortedMap<String, Summary.Sector> sectors = new TreeMap<>();
    Summary.Counts total = Summary.Counts.NONE;
    for (Map.Entry<String, Tally> entry : tallies.entrySet()) {
      long receipts =
          report.chains().stream()
              .filter(chain -> chain.sector().equals(entry.getKey()))
              .mapToLong(AuditReport.Chain::receipts)
              .sum();
      Summary.Sector sector = entry.getValue().toSector(receipts);
      sectors.put(entry.getKey(), sector);
      total = total.plus(sector.counts());
    }
    return new Summary(total, elapsedMs, sectors);
  }

  /**
   * A run of rejected records may have claimed several sectors; what claimed none is the reserved
   * sector's.
   */
  private void rejected(ReceiptBody receipt, JsonNode evidence) {
    for (Map.Entry<String, JsonNode> claim : evidence.path("sectors").properties()) {
      long count = claim.getValue().asLong();
      tally(claim.getKey()).rejected += count;
      count(receipt, claim.getKey(), 0, count);
    }
  }

  private void count(ReceiptBody receipt, String sector, long ingested, long rejected) {
    counted
        .computeIfAbsent(chain(receipt), name -> new ArrayList<>())
        .add(new Counted(receipt.seq(), sector, ingested, rejected));
  }

  /** What was receipted beyond the state that a person let go on is receipted again. */
  private void restored(ReceiptBody receipt, JsonNode evidence) {
    long from = evidence.path("stateSeq").asLong();
    List<Counted> runs = counted.getOrDefault(chain(receipt), new ArrayList<>());
    for (Counted run : runs) {
      if (run.seq() >= from) {
        tally(run.sector()).ingested -= run.ingested();
        tally(run.sector()).rejected -= run.rejected();
      }
    }
    runs.removeIf(run -> run.seq() >= from);
  }

  private static String chain(ReceiptBody receipt) {
    return receipt.log() + "/" + receipt.sector();
  }

  private Tally tally(String sector) {
    return tallies.computeIfAbsent(sector, name -> new Tally());
  }

  private static JsonNode evidence(ReceiptBody receipt) {
    try {
      return JSON.readTree(receipt.evidenceJson());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("expected evidence in JSON: seq=" + receipt.seq(), e);
    }
  }

  /** What one run added to a sector. */
  private record Counted(long seq, String sector, long ingested, long rejected) {}

  private static final class Tally {
    private final Set<String> pending = new HashSet<>();
    private final Map<String, Checked> checkedUnder = new HashMap<>();
    private long ingested;
    private long rejected;
    private long patterns;
    private long proposals;
    private long promoted;
    private long verified;
    private long snapshotVersion;
    private String snapshotId = "";

    void ingested(String underSnapshot, JsonNode evidence) {
      long count = evidence.path("count").asLong();
      ingested += count;
      checkedUnder
          .computeIfAbsent(underSnapshot, id -> new Checked())
          .add(count, evidence.path("nonConforming").asLong());
    }

    void decided(String outcome, JsonNode evidence) {
      if (outcome.equals("pending")) {
        pending.add(evidence.path("proposalId").asText());
      } else {
        ended(evidence);
      }
    }

    void ended(JsonNode evidence) {
      pending.remove(evidence.path("proposalId").asText());
    }

    void runs(String newSnapshotId, JsonNode evidence) {
      long version = evidence.path("version").asLong();
      if (version > snapshotVersion) {
        snapshotVersion = version;
        snapshotId = newSnapshotId;
      }
    }

    Summary.Sector toSector(long receipts) {
      Checked checked = checkedUnder.getOrDefault(snapshotId, new Checked());
      return new Summary.Sector(
          new Summary.Counts(
              ingested + rejected,
              rejected,
              patterns,
              proposals,
              pending.size(),
              promoted,
              receipts,
              verified),
          snapshotVersion,
          checked.share());
    }
  }

  private static final class Checked {
    private long count;
    private long nonConforming;

    void add(long more, long moreNonConforming) {
      count += more;
      nonConforming += moreNonConforming;
    }

    double share() {
      return count == 0 ? 0 : (double) nonConforming / count;
    }
  }
}
