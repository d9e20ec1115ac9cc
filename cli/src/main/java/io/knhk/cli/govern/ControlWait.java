package io.knhk.cli.govern;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.cli.Query;
import io.knhk.cli.knowledge.KnowledgeTables;
import io.knhk.schemas.Topics;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Waits until the archive has the receipts that answer a message. Only what comes after the chain's
 * last number is looked at, so that a long log costs nothing.
 */
final class ControlWait {
  /** What stands for an operation where a message became a dead letter. */
  static final String DEAD_LETTER = "DeadLetter";

  private static final long POLL_MS = 200;

  /** How much longer to wait for a decision once receipts tell of the way to it. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** A message may be validated, and its shadow tests run, before it is decided on. */
  private static final Set<String> ON_THE_WAY =
      Set.of("ProposalGenerated", "ValidationExecuted", "ShadowTestExecuted");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final KnowledgeTables tables;
  private final String sector;
  private final long lastSeq;

  private ControlWait(KnowledgeTables tables, String sector, long lastSeq) {
    this.tables = tables;
    this.sector = sector;
    this.lastSeq = lastSeq;
  }

  /** A receipt that answers. */
  record Receipt(long seq, String operation, String outcome, String subject, JsonNode evidence) {
    /** Why, as the loop says it. */
    String reason() {
      String reason = evidence.path("reason").asText("");
      String detail = evidence.path("detail").asText("");
      return detail.isEmpty() ? reason : reason + " (" + detail + ")";
    }
  }

  /** Remembers how far the sector's chain is, before anything is sent. */
  static ControlWait before(KnowledgeTables tables, String sector) throws SQLException {
    long[] last = {-1};
    new Query("select coalesce(max(seq), -1) from knhk.receipts")
        .where("log = ?", tables.log())
        .where("sector = ?", sector)
        .forEach(tables.archive(), row -> last[0] = row.getLong(1));
    return new ControlWait(tables, sector, last[0]);
  }

  /**
   * The receipts whose subject or cause is the message, or whose evidence names it; empty if none
   * came in time. A message that became a dead letter is answered by one that no chain has.
   */
  List<Receipt> await(String messageId, ControlSender.Place place, Duration patience)
      throws SQLException, InterruptedException {
    long untilNs = System.nanoTime() + patience.toNanos();
    long decidedByNs = 0;
    while (true) {
      List<Receipt> found = receipts(messageId);
      boolean isDecided = found.stream().anyMatch(it -> !ON_THE_WAY.contains(it.operation()));
      if (!found.isEmpty() && decidedByNs == 0) {
        decidedByNs = System.nanoTime() + GRACE.toNanos();
      }
      if (isDecided || (!found.isEmpty() && System.nanoTime() - decidedByNs >= 0)) {
        return found;
      }
      if (found.isEmpty()) {
        List<Receipt> dead = deadLetter(messageId, place);
        if (!dead.isEmpty()) {
          return dead;
        }
      }
      if (System.nanoTime() - untilNs >= 0) {
        return found;
      }
      Thread.sleep(POLL_MS);
    }
  }

  private List<Receipt> receipts(String messageId) throws SQLException {
    List<Receipt> found = new ArrayList<>();
    new Query(
            "select seq, operation, outcome, subject, evidence from knhk.receipts where log = ? and"
                + " sector = ? and seq > ? and (? in (subject, evidence ->> 'messageId', evidence"
                + " ->> 'requestId') or causes @> array[?]::text[]) order by seq")
        .with(tables.log())
        .with(sector)
        .with(lastSeq)
        .with(messageId)
        .with(messageId)
        .forEach(
            tables.archive(),
            row ->
                found.add(
                    new Receipt(
                        row.getLong(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        parsed(row.getString(5)))));
    return found;
  }

  private List<Receipt> deadLetter(String messageId, ControlSender.Place place)
      throws SQLException {
    List<Receipt> found = new ArrayList<>();
    new Query("select reason, detail from knhk.dead_letter_records")
        .where("topic = ?", Topics.CONTROL)
        .where("source_partition = ?", place.partition())
        .where("source_offset = ?", place.offset())
        .forEach(
            tables.archive(),
            row -> {
              ObjectNode evidence = JsonNodeFactory.instance.objectNode();
              evidence.put("reason", row.getString(1));
              evidence.put("detail", row.getString(2));
              found.add(new Receipt(-1, DEAD_LETTER, "refused", messageId, evidence));
            });
    return found;
  }

  private static JsonNode parsed(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("expected PostgreSQL's jsonb to be JSON", e);
    }
  }
}
