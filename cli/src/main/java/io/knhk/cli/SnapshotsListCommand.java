package io.knhk.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "list",
    description = "Lists promoted snapshots, each sector's newest first.",
    footer = {"", "Example:", "  knhk snapshots list --sector finance"})
final class SnapshotsListCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final ConnectionOptions connection = new ConnectionOptions();

  @Option(names = "--sector", paramLabel = "SECTOR", description = "Only this sector's.")
  private @Nullable String sector;

  @Option(names = "--limit", paramLabel = "N", description = "At most so many. Default: 100.")
  private int limit = 100;

  SnapshotsListCommand(Terminal terminal) {
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
                    "sector", "version", "promotedAt", "snapshotId", "parentId", "proposalId"))) {
      new Query(
              "select log, sector, version, snapshot_id, parent_id, proposal_id, promoted_at, octet_length(body) as bytes,"
                  + " key_id from knhk.snapshots")
          .where("sector = ?", sector)
          .then("order by sector, version desc limit " + (limit + 1L))
          .forEach(
              archive,
              row -> {
                if (shown.admits()) {
                  ObjectNode json = JsonNodeFactory.instance.objectNode();
                  json.put("sector", row.getString("sector"));
                  json.put("version", row.getLong("version"));
                  json.put("promotedAt", Times.text(row.getLong("promoted_at")));
                  json.put("snapshotId", row.getString("snapshot_id"));
                  json.put("parentId", row.getString("parent_id"));
                  json.put("proposalId", row.getString("proposal_id"));
                  json.put("bytes", row.getInt("bytes"));
                  json.put("keyId", row.getString("key_id"));
                  json.put("log", row.getString("log"));
                  rows.add(json);
                }
              });
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
    shown.sayIfCut();
    return ExitCode.OK;
  }
}
