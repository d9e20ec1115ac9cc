package io.knhk.cli;

import io.knhk.cli.govern.GovernCommands;
import io.knhk.cli.knowledge.KnowledgeCommands;
import io.knhk.embedded.StackException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The knhk command. */
@Command(
    name = "knhk",
    description = "Observations in, knowledge kept true, a receipt for every step.",
    footer = {
      "",
      "Examples:",
      "  knhk up",
      "  knhk publish --sector finance payment.authorised.csv",
      "  knhk verify"
    })
public final class Knhk {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = CommandLine.ScopeType.INHERIT,
      description = "Shows this help.")
  void help(boolean asked) {
    // Picocli shows it.
  }

  private Knhk() {}

  /** Runs one command and ends the process with its {@link ExitCode}. */
  public static void main(String[] args) {
    System.exit(run(Terminal.ofProcess(), args));
  }

  /** Runs one command and returns its {@link ExitCode}. */
  public static int run(Terminal terminal, String... args) {
    CommandLine commandLine = commandLine(terminal);
    int exitCode = commandLine.execute(args);
    terminal.out().flush();
    return exitCode;
  }

  static CommandLine commandLine(Terminal terminal) {
    Clock clock = Clock.systemUTC();
    CommandLine top = new CommandLine(new Knhk());
    top.addSubcommand(new UpCommand(terminal));
    top.addSubcommand(new StatusCommand(terminal));
    top.addSubcommand(new DownCommand(terminal));
    top.addSubcommand(new LogsCommand(terminal));
    top.addSubcommand(new ResetCommand(terminal));
    top.addSubcommand(new DoctorCommand(terminal));
    top.addSubcommand(new PublishCommand(terminal));
    top.addSubcommand(
        group(
            new ReceiptsGroup(),
            new ReceiptsListCommand(terminal),
            new ReceiptsGetCommand(terminal),
            new ReceiptsExportCommand(terminal)));
    top.addSubcommand(new VerifyCommand(terminal));
    CommandLine snapshots =
        group(
            new SnapshotsGroup(),
            new SnapshotsListCommand(terminal),
            GovernCommands.rollback(terminal));
    KnowledgeCommands.snapshots(terminal).forEach(snapshots::addSubcommand);
    top.addSubcommand(snapshots);
    top.addSubcommand(KnowledgeCommands.schema(terminal));
    GovernCommands.all(terminal, clock).forEach(top::addSubcommand);
    top.addSubcommand(
        group(
            new DeadLettersGroup(),
            new DeadLettersListCommand(terminal),
            new DeadLettersShowCommand(terminal),
            new DeadLettersReplayCommand(terminal, clock)));
    top.addSubcommand(
        group(new HaltsGroup(), new HaltsListCommand(terminal), new HaltsResumeCommand(terminal)));
    top.addSubcommand(new SqlCommand(terminal));
    top.addSubcommand(
        group(new KeysGroup(), new KeysInitCommand(terminal), new KeysListCommand(terminal)));
    top.addSubcommand(
        group(
            new TopicsGroup(), new TopicsCreateCommand(terminal), new TopicsListCommand(terminal)));
    top.addSubcommand(
        group(
            new DatabaseGroup(),
            new DatabaseMigrateCommand(terminal),
            new DatabaseStatusCommand(terminal)));
    top.addSubcommand(new CompletionCommand(terminal));
    top.addSubcommand(new VersionCommand(terminal));
    top.registerConverter(Instant.class, new Times(clock));
    top.registerConverter(Duration.class, new Durations());
    top.setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8));
    top.setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8));
    top.setParameterExceptionHandler((e, args) -> usage(e, terminal));
    top.setExecutionExceptionHandler((e, command, result) -> failed(e, terminal));
    return top;
  }

  private static CommandLine group(Object group, Object... members) {
    CommandLine commands = new CommandLine(group);
    for (Object member : members) {
      commands.addSubcommand(member);
    }
    return commands;
  }

  private static int usage(CommandLine.ParameterException e, Terminal terminal) {
    CommandLine command = e.getCommandLine();
    return say(
        CliError.USAGE.because(
            String.valueOf(e.getMessage()),
            "Run " + command.getCommandSpec().qualifiedName() + " --help."),
        terminal);
  }

  private static int failed(Exception e, Terminal terminal) {
    if (e instanceof CliException expected) {
      return say(expected, terminal);
    }
    if (e instanceof StackException expected) {
      terminal.err().println(expected.code() + ": " + expected.getMessage());
      return expected.isRefusal() ? ExitCode.REFUSED : ExitCode.FAILURE;
    }
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    int exitCode =
        say(
            CliError.UNEXPECTED.because(
                "expected no such failure: " + e,
                "Set KNHK_DEBUG=1 to see where it comes from, and report it with that."),
            terminal);
    if (terminal.variable("KNHK_DEBUG") != null) {
      e.printStackTrace(terminal.err());
    }
    return exitCode;
  }

  private static int say(CliException e, Terminal terminal) {
    terminal.out().flush();
    terminal.err().println(e.error().code() + ": " + e.getMessage() + ". " + e.next());
    return e.error().exitCode();
  }

  @Command(
      name = "receipts",
      description = "Receipts: what happened, signed.",
      footer = {"", "Example:", "  knhk receipts list --sector finance"})
  private static final class ReceiptsGroup extends Group {}

  @Command(
      name = "snapshots",
      description = "Snapshots: what the loop knows.",
      footer = {"", "Example:", "  knhk snapshots list"})
  private static final class SnapshotsGroup extends Group {}

  @Command(
      name = "deadletters",
      description = "Records that could not be taken as observations.",
      footer = {"", "Example:", "  knhk deadletters list"})
  private static final class DeadLettersGroup extends Group {}

  @Command(
      name = "halts",
      description = "Sectors whose chain the archive went no further with.",
      footer = {"", "Example:", "  knhk halts list --open"})
  private static final class HaltsGroup extends Group {}

  @Command(
      name = "keys",
      description = "Signing keys.",
      footer = {"", "Example:", "  knhk keys list"})
  private static final class KeysGroup extends Group {}

  @Command(
      name = "topics",
      description = "Kafka topics of the loop, on brokers of your own.",
      footer = {"", "Example:", "  knhk topics list --bootstrap-server HOST:9092"})
  private static final class TopicsGroup extends Group {}

  @Command(
      name = "database",
      description = "The archive's tables, in a PostgreSQL of your own.",
      footer = {"", "Example:", "  knhk database status --postgres postgresql://HOST/knhk"})
  private static final class DatabaseGroup extends Group {}
}
