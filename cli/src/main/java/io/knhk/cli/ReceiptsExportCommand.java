package io.knhk.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "export",
    description = "Writes receipts as DSSE envelopes, one a line, in order of sector and number.",
    footer = {
      "",
      "Example:",
      "  knhk receipts export --sector finance --out finance.dsse",
      "  knhk verify --file finance.dsse --public-key .knhk/keys/public.pem"
    })
final class ReceiptsExportCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final ReceiptFilter filter = new ReceiptFilter();
  @Mixin private final ConnectionOptions connection = new ConnectionOptions();

  @Option(names = "--limit", paramLabel = "N", description = "At most so many. Default: all.")
  private @Nullable Integer limit;

  @Option(names = "--out", paramLabel = "FILE", description = "Where to. Default: stdout.")
  private @Nullable Path out;

  ReceiptsExportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (limit != null) {
      Limits.checkLimit(limit);
    }
    ResolvedEndpoints endpoints = EndpointResolver.resolve(connection, terminal);
    long written;
    try (Connection archive = Archive.asAuditor(endpoints)) {
      written =
          out == null
              ? write(archive, terminal.out(), filter, limit)
              : writeFile(archive, out, filter, limit);
    } catch (SQLException e) {
      throw Archive.failed(e);
    } catch (IOException | UncheckedIOException e) {
      throw CliError.FILE_UNWRITABLE.because(
          "expected a file that can be written: file=" + out + ", problem=" + e.getMessage(),
          "Name another with --out.",
          e);
    }
    terminal.note(
        "Exported "
            + written
            + " receipts."
            + (filter.leavesOut() || limit != null
                ? " They are a part of the log: knhk verify --file needs --partial."
                : ""));
    return ExitCode.OK;
  }

  /** Writes every receipt of an archive to a file, which is there whole or not at all. */
  static long exportAll(Connection archive, Path file) throws IOException, SQLException {
    return writeFile(archive, file, new ReceiptFilter(), null);
  }

  private static long writeFile(
      Connection archive, Path file, ReceiptFilter filter, @Nullable Integer limit)
      throws IOException, SQLException {
    Path partial = file.resolveSibling(file.getFileName() + ".part");
    try {
      long written;
      try (OutputStream to = new BufferedOutputStream(Files.newOutputStream(partial))) {
        written = write(archive, to, filter, limit);
      }
      Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
      return written;
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  private static long write(
      Connection archive, OutputStream to, ReceiptFilter filter, @Nullable Integer limit)
      throws SQLException, IOException {
    long[] written = {0};
    filter
        .applyTo(ReceiptRows.SELECT)
        .then("order by sector collate \"C\", seq" + (limit == null ? "" : " limit " + limit))
        .forEach(
            archive,
            row -> {
              try {
                to.write(ReceiptRows.envelope(row).toJson());
                to.write('\n');
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
              written[0]++;
            });
    to.flush();
    return written[0];
  }
}
