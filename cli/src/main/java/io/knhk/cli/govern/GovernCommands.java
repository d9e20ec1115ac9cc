package io.knhk.cli.govern;

import io.knhk.cli.Group;
import io.knhk.cli.Terminal;
import java.time.Clock;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The commands of this package. */
public final class GovernCommands {
  private GovernCommands() {}

  /** The nouns of people who govern, with their verbs. */
  public static List<CommandLine> all(Terminal terminal, Clock clock) {
    return List.of(
        group(
            new ProposalsGroup(),
            new ProposalsListCommand(terminal, clock),
            new ProposalsGetCommand(terminal, clock),
            new ProposalsCreateCommand(terminal, clock),
            new ProposalsVoteCommand(terminal, clock),
            new ProposalsWithdrawCommand(terminal)),
        group(
            new DoctrineGroup(),
            new DoctrineListCommand(terminal),
            new DoctrineAddCommand(terminal, clock),
            new DoctrineRetireCommand(terminal)),
        group(new GuardsGroup(), new GuardsListCommand(terminal, clock)),
        group(
            new ApproversGroup(),
            new ApproversListCommand(terminal),
            new ApproversAddCommand(terminal),
            new ApproversRevokeCommand(terminal)),
        group(new OntologyGroup(), new OntologyImportCommand(terminal, clock)),
        new CommandLine(new HoldCommand(terminal)),
        new CommandLine(new ReleaseCommand(terminal)));
  }

  /** {@code snapshots rollback}, which belongs to a noun of others. */
  public static Object rollback(Terminal terminal) {
    return new SnapshotsRollbackCommand(terminal);
  }

  private static CommandLine group(Object group, Object... members) {
    CommandLine commands = new CommandLine(group);
    for (Object member : members) {
      commands.addSubcommand(member);
    }
    return commands;
  }

  @Command(
      name = "proposals",
      description = "Changes that wait for people, and what became of them.",
      footer = {"", "Example:", "  knhk proposals list --waiting-for me"})
  private static final class ProposalsGroup extends Group {}

  @Command(
      name = "doctrine",
      description = "Rules that every change of a sector is held against.",
      footer = {"", "Example:", "  knhk doctrine list --sector finance"})
  private static final class DoctrineGroup extends Group {}

  @Command(
      name = "guards",
      description = "Limits that only people relax.",
      footer = {"", "Example:", "  knhk guards list --sector finance"})
  private static final class GuardsGroup extends Group {}

  @Command(
      name = "approvers",
      description = "Who may do what in a sector, and with which keys.",
      footer = {"", "Example:", "  knhk approvers list --sector finance"})
  private static final class ApproversGroup extends Group {}

  @Command(
      name = "ontology",
      description = "Ontologies that others wrote.",
      footer = {"", "Example:", "  knhk ontology import --sector finance fibo/LOAN"})
  private static final class OntologyGroup extends Group {}
}
