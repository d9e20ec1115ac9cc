package io.knhk.cli.summary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.cli.verify.AuditReport;
import io.knhk.cli.verify.TestLedger;
import io.knhk.schemas.Sectors;
import io.knhk.schemas.receipt.Operation;
import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryTest {
  private final TestLedger ledger = new TestLedger();

  @Test
  void shouldNameEverySectorWhenNothingHappened() {
    ObjectNode json = summary();

    assertThat(json.path("observations").asLong()).isZero();
    assertThat(json.path("sectors").fieldNames())
        .toIterable()
        .containsExactlyElementsOf(Sectors.ALL);
    assertThat(json.fieldNames())
        .toIterable()
        .containsExactly(
            "observations",
            "rejected",
            "patterns",
            "proposals",
            "pending",
            "promoted",
            "receipts",
            "verified",
            "elapsedMs",
            "sectors");
  }

  @Test
  void shouldCountRejectedUnderSectorThatTheyClaimed() {
    run("finance", "s1", 10, 0);
    ledger.add(
        Sectors.INGEST,
        Operation.ObservationsRejected,
        "rejected",
        "t/0/_ingest/4",
        "",
        "{\"count\":5,\"reasons\":{\"INVALID_JSON\":5},\"sectors\":{\"finance\":3,\"_ingest\":2}}");

    ObjectNode json = summary();

    assertThat(json.path("observations").asLong()).isEqualTo(15);
    assertThat(json.path("rejected").asLong()).isEqualTo(5);
    assertThat(json.at("/sectors/finance/observations").asLong()).isEqualTo(13);
    assertThat(json.at("/sectors/finance/rejected").asLong()).isEqualTo(3);
    assertThat(json.at("/sectors/_ingest/observations").asLong()).isEqualTo(2);
    assertThat(json.at("/sectors/_ingest/receipts").asLong()).isEqualTo(1);
  }

  @Test
  void shouldTakeShareOfFinalSnapshotWhenRunsOfEarlierOneComeLater() {
    ledger.add("finance", Operation.SectorUpdated, "begun", "s1", "s1", "{\"version\":1}");
    run("finance", "s1", 100, 50);
    ledger.add(
        "finance",
        Operation.SnapshotPromoted,
        "promoted",
        "s2",
        "s2",
        "{\"version\":2,\"proposalId\":\"p\"}");
    run("finance", "s1", 10, 10);
    run("finance", "s2", 40, 1);

    ObjectNode json = summary();

    assertThat(json.at("/sectors/finance/snapshotVersion").asLong()).isEqualTo(2);
    assertThat(json.at("/sectors/finance/nonConformingShare").asDouble())
        .isCloseTo(0.025, within(1e-12));
    assertThat(json.at("/sectors/finance/promoted").asLong()).isEqualTo(1);
  }

  @Test
  void shouldCountPendingByLastDecision() {
    for (String id : List.of("a", "b", "c", "d")) {
      ledger.add(
          "energy",
          Operation.ProposalGenerated,
          "proposed",
          id,
          "s1",
          "{\"proposalId\":\"" + id + "\"}");
      decided(id, "pending");
    }
    decided("b", "expired");
    decided("c", "refused");
    ledger.add(
        "energy",
        Operation.SnapshotPromoted,
        "promoted",
        "s2",
        "s2",
        "{\"version\":2,\"proposalId\":\"d\"}");

    ObjectNode json = summary();

    assertThat(json.path("proposals").asLong()).isEqualTo(4);
    assertThat(json.path("pending").asLong()).isEqualTo(1);
    assertThat(json.at("/sectors/energy/pending").asLong()).isEqualTo(1);
    assertThat(json.path("verified").asLong()).isEqualTo(ledger.bodies().size());
  }

  private void decided(String proposalId, String outcome) {
    ledger.add(
        "energy",
        Operation.TransactionDecided,
        outcome,
        proposalId + outcome,
        "s1",
        "{\"proposalId\":\"" + proposalId + "\"}");
  }

  private void run(String sector, String snapshotId, long count, long nonConforming) {
    ledger.add(
        sector,
        Operation.ObservationIngested,
        "ingested",
        "t/0/" + sector + "/" + ledger.bodies().size(),
        snapshotId,
        "{\"count\":" + count + ",\"nonConforming\":" + nonConforming + "}");
  }

  private ObjectNode summary() {
    SummaryCollector collector = new SummaryCollector();
    ledger.bodies().forEach(collector);
    List<AuditReport.Chain> chains =
        ledger.bodies().stream()
            .map(body -> body.sector())
            .distinct()
            .map(
                sector -> {
                  long receipts =
                      ledger.bodies().stream().filter(body -> body.sector().equals(sector)).count();
                  return new AuditReport.Chain(
                      TestLedger.LOG,
                      sector,
                      receipts,
                      receipts,
                      receipts - 1,
                      "",
                      0,
                      List.of(),
                      List.of(),
                      0,
                      List.of(),
                      0);
                })
            .toList();
    return collector.summary(new AuditReport(chains, List.of(), List.of()), 7).toJson();
  }
}
