package io.knhk.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "status",
    description =
        "Shows where the stack is, its jobs, and how the loop of each sector stands. Exit code 5: nothing runs.",
    footer = {"", "Example:", "  knhk status --json"})
final class StatusCommand implements Callable<Integer> {
  private static final List<String> COLUMNS =
      List.of(
          "sector",
          "observations",
          "rejected",
          "patterns",
          "proposals",
          "pending",
          "promoted",
          "snapshotVersion",
          "receipts",
          "verifiedUpTo",
          "nonConformingShare",
          "halted");

  private final Terminal terminal;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final ConnectionOptions connection = new ConnectionOptions();

  StatusCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    ResolvedEndpoints endpoints = EndpointResolver.resolve(connection, terminal);
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    ArrayNode sectors = JsonNodeFactory.instance.arrayNode();
    try (Connection archive = Archive.asAuditor(endpoints)) {
      addSectors(archive, sectors);
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
    status.put("state", endpoints.stateDir().toString());
    status.put("pid", endpoints.pid());
    status.put("bootstrapServers", endpoints.bootstrapServers());
    status.put("postgresql", uri(endpoints));
    status.put("flink", endpoints.flink());
    ArrayNode jobs = status.putArray("jobs");
    addJobs(endpoints.flink(), jobs);
    status.set("sectors", sectors);
    if (output.format() == OutputFormat.table) {
      status.remove(List.of("jobs", "sectors"));
      for (var job : jobs) {
        status.put("job " + job.path("name").asText(), job.path("state").asText());
      }
      Rows.writeOne(terminal.out(), OutputFormat.table, status);
      terminal.out().println();
      try (Rows rows = new Rows(terminal.out(), OutputFormat.table, COLUMNS)) {
        sectors.forEach(sector -> rows.add((ObjectNode) sector));
      }
    } else {
      Rows.writeOne(terminal.out(), output.format(), status);
    }
    return ExitCode.OK;
  }

  private void addSectors(Connection archive, ArrayNode sectors) throws SQLException {
    new Query("select * from knhk.sector_status")
        .then("order by log, sector")
        .forEach(
            archive,
            row -> {
              ObjectNode sector = sectors.addObject();
              sector.put("log", row.getString("log"));
              sector.put("sector", row.getString("sector"));
              sector.put("observations", row.getLong("observations") + row.getLong("rejected"));
              sector.put("rejected", row.getLong("rejected"));
              sector.put("patterns", row.getLong("patterns"));
              sector.put("proposals", row.getLong("proposals"));
              sector.put("pending", row.getLong("pending"));
              sector.put("promoted", row.getLong("promoted"));
              sector.put("snapshotVersion", row.getLong("snapshot_version"));
              sector.put("receipts", row.getLong("receipts"));
              sector.put("verifiedUpTo", row.getLong("verified_up_to"));
              sector.put("nonConformingShare", row.getDouble("non_conforming_share"));
              sector.put("halted", row.getBoolean("halted"));
            });
  }

  private void addJobs(@Nullable String flink, ArrayNode jobs) throws InterruptedException {
    if (flink == null) {
      return;
    }
    try {
      for (FlinkPage.Job job : FlinkPage.jobs(flink)) {
        jobs.addObject().put("name", job.name()).put("id", job.id()).put("state", job.state());
      }
    } catch (IOException e) {
      terminal.note("Flink does not answer: url=" + flink + ", problem=" + e.getMessage());
    }
  }

  private static @Nullable String uri(ResolvedEndpoints endpoints) {
    String jdbcUrl = endpoints.jdbcUrl();
    return jdbcUrl == null ? null : jdbcUrl.replaceFirst("^jdbc:", "");
  }
}
