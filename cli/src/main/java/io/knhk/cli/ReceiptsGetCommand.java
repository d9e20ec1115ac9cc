package io.knhk.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "get",
    description = "Shows one receipt, by its id, the beginning of its id, or SECTOR/NUMBER.",
    footer = {"", "Examples:", "  knhk receipts get 3f9a", "  knhk receipts get finance/17 --json"})
final class ReceiptsGetCommand implements Callable<Integer> {
  private static final Pattern NUMBERED = Pattern.compile("([a-z_]{1,64})/(\\d{1,18})");
  private static final Pattern PREFIX = Pattern.compile("[0-9a-f]{1,64}");
  private static final int CANDIDATES_MAX = 10;

  private final Terminal terminal;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final ConnectionOptions connection = new ConnectionOptions();

  @Parameters(
      paramLabel = "ID",
      description = "Id, unambiguous beginning of an id, or SECTOR/NUMBER.")
  private String id = "";

  ReceiptsGetCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Query query = query().then("order by id limit " + CANDIDATES_MAX);
    ResolvedEndpoints endpoints = EndpointResolver.resolve(connection, terminal);
    List<ObjectNode> found = new ArrayList<>();
    try (Connection archive = Archive.asAuditor(endpoints)) {
      query.forEach(
          archive,
          row -> {
            ObjectNode json = ReceiptRows.toJson(row);
            json.put("signature", row.getString("signature"));
            json.put("body", new String(row.getBytes("body"), StandardCharsets.UTF_8));
            found.add(json);
          });
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
    if (found.isEmpty()) {
      throw CliError.NOT_FOUND.because(
          "expected a receipt: id=" + id, "knhk receipts list shows the ids.");
    }
    if (found.size() > 1) {
      throw CliError.AMBIGUOUS.because(
          "expected the beginning of one id: id="
              + id
              + ", candidates="
              + found.stream().map(receipt -> receipt.path("id").asText()).toList(),
          "Give more digits.");
    }
    Rows.writeOne(terminal.out(), output.format(), found.get(0));
    return ExitCode.OK;
  }

  private Query query() {
    Matcher numbered = NUMBERED.matcher(id);
    if (numbered.matches()) {
      return new Query(ReceiptRows.SELECT)
          .where("sector = ?", numbered.group(1))
          .where("seq = ?", Long.parseLong(numbered.group(2)));
    }
    String digits = id.toLowerCase(Locale.ROOT);
    if (!PREFIX.matcher(digits).matches()) {
      throw CliError.USAGE.because(
          "expected hex digits or SECTOR/NUMBER: id=" + id, "knhk receipts list shows both.");
    }
    return new Query(ReceiptRows.SELECT).where("id like ?", digits + "%");
  }
}
