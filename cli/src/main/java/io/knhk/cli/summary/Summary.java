package io.knhk.cli.summary;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The loop in numbers, all sectors together and each by itself.
 *
 * @param total everything
 * @param elapsedMs how long the run took
 * @param sectors by name; every known sector, and {@code _ingest} for what named none
 */
public record Summary(Counts total, long elapsedMs, SortedMap<String, Sector> sectors) {
  public Summary {
    sectors = Collections.unmodifiableSortedMap(new TreeMap<>(sectors));
  }

  /** The object that {@code up --once --json} prints. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    total.writeTo(json);
    json.put("elapsedMs", elapsedMs);
    ObjectNode bySector = json.putObject("sectors");
    for (Map.Entry<String, Sector> entry : sectors.entrySet()) {
      ObjectNode sector = bySector.putObject(entry.getKey());
      entry.getValue().counts().writeTo(sector);
      sector.put("snapshotVersion", entry.getValue().snapshotVersion());
      sector.put("nonConformingShare", entry.getValue().nonConformingShare());
    }
    return json;
  }

  /**
   * Counts.
   *
   * @param observations all that were read, ingested or rejected
   * @param rejected the dead letters among them
   * @param patterns detected
   * @param proposals generated
   * @param pending proposals about which the last decision is that people decide
   * @param promoted snapshots after the first
   * @param receipts that are stored
   * @param verified how many of them were found to be right
   */
  public record Counts(
      long observations,
      long rejected,
      long patterns,
      long proposals,
      long pending,
      long promoted,
      long receipts,
      long verified) {
    static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0, 0);

    Counts plus(Counts other) {
      return new Counts(
          observations + other.observations,
          rejected + other.rejected,
          patterns + other.patterns,
          proposals + other.proposals,
          pending + other.pending,
          promoted + other.promoted,
          receipts + other.receipts,
          verified + other.verified);
    }

    private void writeTo(ObjectNode json) {
      json.put("observations", observations)
          .put("rejected", rejected)
          .put("patterns", patterns)
          .put("proposals", proposals)
          .put("pending", pending)
          .put("promoted", promoted)
          .put("receipts", receipts)
          .put("verified", verified);
    }
  }

  /**
   * One sector.
   *
   * @param snapshotVersion of its final snapshot, 0 without one
   * @param nonConformingShare of the observations checked under that snapshot, 0 to 1, 0 where
   *     there are none
   */
  public record Sector(Counts counts, long snapshotVersion, double nonConformingShare) {}
}
