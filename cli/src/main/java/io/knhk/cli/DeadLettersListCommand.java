package io.knhk.cli;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "list",
    description = "Lists records that could not be taken as observations, the newest first.",
    footer = {"", "Example:", "  knhk deadletters list --reason INVALID_JSON --since 1h"})
final class DeadLettersListCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final ConnectionOptions connection = new ConnectionOptions();

  @Option(
      names = "--sector",
      paramLabel = "SECTOR",
      description = "Only those that named this sector.")
  private @Nullable String sector;

  @Option(
      names = "--reason",
      paramLabel = "REASON",
      description = "Only for this reason, for example NOT_FINITE.")
  private @Nullable String reason;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Recorded at or after: RFC 3339, or how long ago (2h).")
  private @Nullable Instant since;

  @Option(names = "--limit", paramLabel = "N", description = "At most so many. Default: 100.")
  private int limit = 100;

  DeadLettersListCommand(Terminal terminal) {
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
                List.of("id", "recordedAt", "sector", "reason", "bytes", "detail"))) {
      new Query(
              "select topic, source_partition, source_offset, sector, reason, detail, recorded_at,"
                  + " octet_length(body) as bytes from knhk.dead_letter_records")
          .where("sector = ?", sector)
          .where("reason = ?", reason)
          .where("recorded_at >= ?", since == null ? null : since.toEpochMilli())
          .then(
              "order by recorded_at desc, topic, source_partition, source_offset desc limit "
                  + (limit + 1L))
          .forEach(
              archive,
              row -> {
                if (shown.admits()) {
                  rows.add(DeadLetterRows.toJson(row).put("bytes", row.getInt("bytes")));
                }
              });
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
    shown.sayIfCut();
    return ExitCode.OK;
  }
}
