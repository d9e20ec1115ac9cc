package io.knhk.cli.govern;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.cli.CliError;
import io.knhk.cli.Times;
import io.knhk.cli.knowledge.Document;
import io.knhk.cli.knowledge.KnowledgeTables;
import io.knhk.cli.knowledge.PromotedVersion;
import io.knhk.knowledge.Guard;
import io.knhk.knowledge.Snapshot;
import io.knhk.schemas.knowledge.KnowledgeDocument.Kind;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A guard of a sector's newest snapshot.
 *
 * @param relaxedUntilMs recorded time until which it may be weakened; 0: it may not
 */
record GuardRow(PromotedVersion snapshot, Guard guard, long relaxedUntilMs) {
  /** Those of a sector; none before it has a snapshot. */
  static List<GuardRow> of(KnowledgeTables tables, String sector, long nowMs) throws SQLException {
    Optional<PromotedVersion> head = tables.head(sector);
    if (head.isEmpty()) {
      return List.of();
    }
    List<Document> relaxations = tables.all(Kind.RELAXATION, sector);
    List<GuardRow> rows = new ArrayList<>();
    for (Guard guard : Guard.all(Snapshot.of(tables.triples(head.get())))) {
      long until =
          relaxations.stream()
              .filter(it -> it.text("guard").equals(guard.iri()))
              .filter(it -> it.number("fromMs") <= nowMs && nowMs < it.number("untilMs"))
              .mapToLong(it -> it.number("untilMs"))
              .max()
              .orElse(0);
      rows.add(new GuardRow(head.get(), guard, until));
    }
    return rows;
  }

  /**
   * The IRI of the guard that a person means.
   *
   * @param name its IRI, or {@code payment.authorised/rate}
   * @throws io.knhk.cli.CliException if the sector has none of that name
   */
  static String iri(KnowledgeTables tables, String sector, String name) throws SQLException {
    List<String> names = new ArrayList<>();
    for (GuardRow row : of(tables, sector, 0)) {
      if (row.guard.iri().equals(name) || row.name().equals(name)) {
        return row.guard.iri();
      }
      names.add(row.name());
    }
    throw CliError.NOT_FOUND.because(
        "expected a guard of the sector: guard=" + name + ", sector=" + sector + ", known=" + names,
        "knhk guards list --sector " + sector + " shows them.");
  }

  /** {@code payment.authorised/rate}. */
  String name() {
    return guard.eventType() + "/" + guard.name();
  }

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("sector", snapshot.sector());
    json.put("guard", name());
    json.put("kind", guard.kind());
    json.put("criticality", guard.criticality());
    ObjectNode limits = json.putObject("limits");
    guard.figures().forEach(limits::put);
    json.put("relaxedUntil", relaxedUntilMs == 0 ? null : Times.text(relaxedUntilMs));
    json.put("iri", guard.iri());
    json.put("snapshot", snapshot.name());
    return json;
  }
}
