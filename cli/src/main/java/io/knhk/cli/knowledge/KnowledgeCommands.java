package io.knhk.cli.knowledge;

import io.knhk.cli.Group;
import io.knhk.cli.Terminal;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The commands of this package. */
public final class KnowledgeCommands {
  private KnowledgeCommands() {}

  /** Verbs of {@code snapshots}. */
  public static List<Object> snapshots(Terminal terminal) {
    return List.of(new SnapshotsGetCommand(terminal), new SnapshotsDiffCommand(terminal));
  }

  /** What was promoted, as producers and consumers use it. */
  public static CommandLine schema(Terminal terminal) {
    CommandLine schema = new CommandLine(new SchemaGroup());
    schema.addSubcommand(new SchemaExportCommand(terminal));
    schema.addSubcommand(new SchemaCheckCommand(terminal));
    return schema;
  }

  @Command(
      name = "schema",
      description = "Event types as schemas of producers and consumers.",
      footer = {
        "",
        "Example:",
        "  knhk schema export --sector finance --event-type payment.authorised"
      })
  private static final class SchemaGroup extends Group {}
}
