package io.knhk.cli;

import io.knhk.embedded.ArchiveSchema.Migration;
import io.knhk.embedded.ArchiveSchema.State;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "migrate",
    description = {
      "Makes the archive's tables, views and roles in a database, or brings them up to date."
          + " Applies what is missing and nothing twice.",
      "",
      "OWNER is the login that may change the schema, and is used for nothing else. As a superuser,"
          + " once:",
      "  create role OWNER login createrole password '..';",
      "  create database knhk owner OWNER encoding 'UTF8' template template0;",
      "Then the two logins that work with it, after migrating:",
      "  create role knhk_archive login password '..';  -- the archive job's: knhk.archive.user",
      "  grant knhk_writer to knhk_archive;",
      "  create role knhk_reader login password '..';   -- people's and the knhk command's",
      "  grant knhk_auditor to knhk_reader;",
      "  alter role knhk_reader set search_path = knhk;"
    },
    footer = {
      "",
      "Examples:",
      "  knhk database migrate --postgres postgresql://HOST/knhk --postgres-user OWNER"
          + " --postgres-password-file FILE --dry-run",
      "  knhk database migrate --postgres postgresql://HOST/knhk --postgres-user OWNER"
          + " --postgres-password-file FILE"
    })
final class DatabaseMigrateCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final ConnectionOptions connection = new ConnectionOptions();

  @Option(names = "--dry-run", description = "Says what would be applied, and changes nothing.")
  private boolean dryRun;

  DatabaseMigrateCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    OwnerDatabase database = OwnerDatabase.open(connection, terminal);
    List<String> missing = database.missingRights();
    List<Migration> before = database.schema().status();
    boolean isNew = before.stream().allMatch(migration -> migration.state() == State.PENDING);
    if (isNew && !missing.isEmpty()) {
      throw CliError.OWNER_LACKS_RIGHTS.because(
          "expected a login that may make roles and a schema: missing=" + missing.size(),
          "As a superuser of that database: " + String.join(" ", missing));
    }
    Set<String> pending = new HashSet<>();
    before.stream()
        .filter(migration -> migration.state() == State.PENDING)
        .forEach(migration -> pending.add(migration.version()));
    List<Migration> after = dryRun ? before : database.schema().migrate();
    try (Rows rows =
        new Rows(
            terminal.out(),
            output.format(),
            List.of("version", "description", "result", "appliedAt", "appliedBy"))) {
      for (Migration migration : after) {
        OwnerDatabase.row(rows, migration, result(migration, pending));
      }
    }
    terminal.note(
        pending.isEmpty()
            ? "Nothing to do: the schema is up to date."
            : pending.size() + (dryRun ? " would be applied." : " applied."));
    return ExitCode.OK;
  }

  private String result(Migration migration, Set<String> pending) {
    if (!pending.contains(migration.version())) {
      return migration.state() == State.APPLIED ? "applied before" : migration.state().name();
    }
    return dryRun ? "would apply" : "applied";
  }
}
