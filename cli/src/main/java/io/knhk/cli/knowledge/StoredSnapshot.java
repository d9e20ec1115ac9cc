package io.knhk.cli.knowledge;

import io.knhk.cli.CliError;
import io.knhk.knowledge.Snapshot;
import java.sql.SQLException;
import java.util.List;

/** A snapshot whose triples were read from the archive and are what its id says. */
record StoredSnapshot(PromotedVersion version, Snapshot snapshot) {
  /**
   * Reads one.
   *
   * @throws io.knhk.cli.CliException if there is none of that name, or its triples have another id
   */
  static StoredSnapshot read(KnowledgeTables tables, String name) throws SQLException {
    return read(tables, tables.snapshot(name, null));
  }

  /** The id is the root of a tree over the triples, so nobody has to be trusted for them. */
  static StoredSnapshot read(KnowledgeTables tables, PromotedVersion version) throws SQLException {
    List<String> lines = tables.triples(version);
    Snapshot snapshot = Snapshot.of(lines);
    if (!snapshot.id().equals(version.snapshotId())) {
      throw CliError.EVIDENCE_INVALID.because(
          "expected the triples of the snapshot: snapshot="
              + version.name()
              + ", id="
              + version.snapshotId()
              + ", idOfTriples="
              + snapshot.id(),
          "Somebody changed the archive. Kafka's knowledge topic is a second copy.");
    }
    return new StoredSnapshot(version, snapshot);
  }
}
