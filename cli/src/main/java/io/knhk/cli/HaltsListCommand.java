package io.knhk.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "list",
    description = {
      "Lists what halted a sector, the newest first.",
      "State: halted, until a person resumes it; resumed, until the archive has taken up what"
          + " waits; continued."
    },
    footer = {"", "Example:", "  knhk halts list --open"})
final class HaltsListCommand implements Callable<Integer> {
  private static final String SELECT =
      "select h.id, h.log, h.sector, h.reason, h.seq, h.found_seq, h.detail, h.expected_hash,"
          + " h.found_hash, h.kafka_topic, h.kafka_partition, h.kafka_offset, h.halted_at,"
          + " h.resumed_at, h.resumed_by, h.person, h.resumed_because, h.from_number,"
          + " h.continued_at, (select count(*) from knhk.quarantine q where q.log = h.log and"
          + " q.sector = h.sector and q.receipt_id is not null and not exists (select 1 from"
          + " knhk.receipts r where r.id = q.receipt_id)) as waiting from knhk.halts h";

  private final Terminal terminal;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final ConnectionOptions connection = new ConnectionOptions();

  @Option(names = "--sector", paramLabel = "SECTOR", description = "Only this sector's.")
  private @Nullable String sector;

  @Option(names = "--open", description = "Only those that nobody has resumed.")
  private boolean open;

  @Option(names = "--limit", paramLabel = "N", description = "At most so many. Default: 100.")
  private int limit = 100;

  HaltsListCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Limits.checkLimit(limit);
    ResolvedEndpoints endpoints = EndpointResolver.resolve(connection, terminal);
    Shown shown = new Shown(limit, terminal);
    try (Connection archive = Archive.asAuditor(endpoints);
        Rows rows =
            new Rows(
                terminal.out(),
                output.format(),
                List.of(
                    "id",
                    "sector",
                    "reason",
                    "expected",
                    "found",
                    "haltedAt",
                    "waiting",
                    "state",
                    "detail"))) {
      new Query(SELECT)
          .where("h.sector = ?", sector)
          .where("(h.resumed_at is null) = ?", open ? Boolean.TRUE : null)
          .then("order by h.id desc limit " + (limit + 1L))
          .forEach(
              archive,
              row -> {
                if (shown.admits()) {
                  rows.add(toJson(row));
                }
              });
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
    shown.sayIfCut();
    return ExitCode.OK;
  }

  private static ObjectNode toJson(ResultSet row) throws SQLException {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    Timestamp resumedAt = row.getTimestamp("resumed_at");
    Timestamp continuedAt = row.getTimestamp("continued_at");
    json.put("id", row.getLong("id"));
    json.put("sector", row.getString("sector"));
    json.put("reason", row.getString("reason"));
    json.put("expected", row.getLong("seq"));
    json.put("found", (Long) row.getObject("found_seq"));
    json.put("haltedAt", Times.text(row.getTimestamp("halted_at").getTime()));
    json.put("waiting", row.getLong("waiting"));
    json.put("state", continuedAt != null ? "continued" : resumedAt != null ? "resumed" : "halted");
    json.put("detail", row.getString("detail"));
    json.put("expectedHash", row.getString("expected_hash"));
    json.put("foundHash", row.getString("found_hash"));
    json.put("topic", row.getString("kafka_topic"));
    json.put("partition", row.getInt("kafka_partition"));
    json.put("offset", row.getLong("kafka_offset"));
    json.put("log", row.getString("log"));
    if (resumedAt != null) {
      json.put("resumedAt", Times.text(resumedAt.getTime()));
      json.put("person", row.getString("person"));
      json.put("login", row.getString("resumed_by"));
      json.put("because", row.getString("resumed_because"));
      json.put("fromNumber", (Long) row.getObject("from_number"));
    }
    if (continuedAt != null) {
      json.put("continuedAt", Times.text(continuedAt.getTime()));
    }
    return json;
  }
}
