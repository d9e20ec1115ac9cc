package io.knhk.cli.govern;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.cli.Archive;
import io.knhk.cli.CliError;
import io.knhk.cli.Terminal;
import io.knhk.cli.knowledge.Document;
import io.knhk.cli.knowledge.Given;
import io.knhk.cli.knowledge.KnowledgeTables;
import io.knhk.knowledge.doctrine.DoctrineBook;
import io.knhk.schemas.control.ControlContent;
import io.knhk.schemas.control.DoctrineRules;
import io.knhk.schemas.knowledge.DoctrineRule;
import io.knhk.schemas.knowledge.KnowledgeDocument.Kind;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "add",
    description = {
      "Asks for a rule, or for a new version of one. Administrators decide.",
      "Constraint: approval-chain, segregation-of-duties, resource-limit, time-window, schema,"
          + " custom; docs/handbook/governance.md names their parameters.",
      "Enforcement: mandatory blocks, warning warns, advisory informs."
    },
    footer = {
      "",
      "Examples:",
      "  knhk doctrine add --sector finance --id no-friday --constraint time-window --enforcement"
          + " mandatory --parameter mode=deny --parameter days=fri --parameter from=00:00 --parameter"
          + " until=23:59 --parameter zone=Europe/Zurich --text 'No change on Fridays' --reason 'Audit 12'",
      "  knhk doctrine add --sector finance --file rule.json --reason 'Audit 12'"
    })
final class DoctrineAddCommand implements Callable<Integer> {
  private static final int FILE_BYTES_MAX = 64 * 1024;

  /** What a file may leave out: the command fills it in. */
  private static final Set<String> FILLED_IN =
      Set.of("sector", "version", "effectiveFromMs", "effectiveUntilMs", "parameters");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Terminal terminal;
  private final Clock clock;

  @Mixin private final SigningOptions signing = new SigningOptions();

  @Option(names = "--sector", paramLabel = "SECTOR", required = true, description = "Whose.")
  private String sector = "";

  @Option(
      names = "--file",
      paramLabel = "rule.json",
      description = "The rule as knhk doctrine list --json shows one, instead of what follows.")
  private @Nullable Path file;

  @Option(names = "--id", paramLabel = "ID", description = "Lower case, digits and -.")
  private @Nullable String id;

  @Option(names = "--constraint", paramLabel = "KIND", description = "What kind of rule.")
  private @Nullable String constraint;

  @Option(
      names = "--parameter",
      paramLabel = "NAME=VALUE",
      description = "Of the constraint; may be given several times.")
  private Map<String, String> parameters = new TreeMap<>();

  @Option(
      names = "--enforcement",
      paramLabel = "KIND",
      description = "mandatory, warning or advisory.")
  private @Nullable String enforcement;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "From when on, RFC 3339. Default: now.")
  private @Nullable Instant from;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      description = "Until when, RFC 3339. Default: until it is retired.")
  private @Nullable Instant until;

  @Option(names = "--text", paramLabel = "TEXT", description = "The rule in one sentence.")
  private @Nullable String text;

  @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why.")
  private String reason = "";

  DoctrineAddCommand(Terminal terminal, Clock clock) {
    this.terminal = terminal;
    this.clock = clock;
  }

  @Override
  public Integer call() throws InterruptedException {
    Given.sector(sector);
    Given.text("--reason", reason);
    // Without the version, which only the archive knows: what is wrong is said before it is asked.
    ObjectNode json = file == null ? fromOptions() : fromFile(file);
    rule(json, 1);
    try (ControlSession session = signing.open(terminal)) {
      DoctrineRule rule = rule(json, nextVersion(session.tables(), json.path("id").asText()));
      return session.submit(sector, new ControlContent.ChangeDoctrine(false, rule, reason));
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
  }

  private ObjectNode fromOptions() {
    if (id == null || constraint == null || enforcement == null || text == null) {
      throw CliError.USAGE.because(
          "expected --id, --constraint, --enforcement and --text, or --file",
          "knhk doctrine add --help has an example.");
    }
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", id);
    json.put("constraint", constraint);
    ObjectNode members = json.putObject("parameters");
    parameters.forEach(members::put);
    json.put("enforcement", enforcement);
    json.put("text", text);
    return json;
  }

  private ObjectNode fromFile(Path rule) {
    if (id != null
        || constraint != null
        || enforcement != null
        || text != null
        || !parameters.isEmpty()) {
      throw CliError.USAGE.because(
          "expected --file without --id, --constraint, --parameter, --enforcement and --text",
          "Leave them out, or change the file.");
    }
    try {
      if (JSON.readTree(Given.file(rule, FILE_BYTES_MAX)) instanceof ObjectNode json) {
        return json;
      }
    } catch (JsonProcessingException e) {
      throw CliError.BAD_INPUT_FILE.because(
          "expected a rule in JSON: file=" + rule + ", problem=" + e.getOriginalMessage(),
          "knhk doctrine list --json shows rules.",
          e);
    }
    throw CliError.BAD_INPUT_FILE.because(
        "expected one JSON object: file=" + rule, "knhk doctrine list --json shows rules.");
  }

  private DoctrineRule rule(ObjectNode given, long version) {
    ObjectNode json = given.deepCopy();
    // What doctrine list adds for people.
    json.remove(List.of("retired", "from", "until", "doctrineHash"));
    for (String member : FILLED_IN) {
      if (!json.has(member)) {
        fill(json, member);
      }
    }
    json.put("version", version);
    if (from != null) {
      json.put("effectiveFromMs", from.toEpochMilli());
    }
    if (until != null) {
      json.put("effectiveUntilMs", until.toEpochMilli());
    }
    DoctrineRule rule;
    try {
      rule = DoctrineRules.fromJson(json);
      // Refuses what the loop would refuse: parameters that its constraint does not have.
      DoctrineBook.of(rule.sector(), List.of(new DoctrineBook.Entry(rule, false)));
    } catch (IllegalArgumentException e) {
      throw CliError.USAGE.because(
          String.valueOf(e.getMessage()), "knhk doctrine add --help has an example.", e);
    }
    if (!rule.sector().equals(sector) || rule.effectiveFromMs() >= rule.effectiveUntilMs()) {
      throw CliError.USAGE.because(
          "expected a rule of the sector that begins before it ends: sector="
              + rule.sector()
              + ", effectiveFromMs="
              + rule.effectiveFromMs()
              + ", effectiveUntilMs="
              + rule.effectiveUntilMs(),
          "Give other --sector, --from or --until.");
    }
    return rule;
  }

  private void fill(ObjectNode json, String member) {
    switch (member) {
      case "sector" -> json.put(member, sector);
      case "effectiveFromMs" -> json.put(member, clock.millis());
      case "effectiveUntilMs" -> json.put(member, Long.MAX_VALUE);
      case "parameters" -> json.putObject(member);
      default -> json.put(member, 1);
    }
  }

  private long nextVersion(KnowledgeTables tables, String rule) throws SQLException {
    return tables
            .get(Kind.DOCTRINE, sector, rule)
            .map(Document::content)
            .map(content -> content.path("rule").path("version").asLong())
            .orElse(0L)
        + 1;
  }
}
