package io.knhk.cli.doctor;

import io.knhk.embedded.ArchiveSchema;
import io.knhk.embedded.ArchiveSchema.Migration;
import io.knhk.embedded.ArchiveSchema.State;
import io.knhk.embedded.StackException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether a database is as the archive needs it. Reads catalogs and tables, and changes nothing.
 */
public final class ArchiveChecks {
  private static final String MIGRATE =
      "knhk database migrate --postgres URI --postgres-user OWNER --postgres-password-file FILE";

  /** Functions with a body in standard SQL came with 14. */
  private static final int VERSION_MIN = 140_000;

  private static final Set<String> TABLES =
      Set.of(
          "receipts",
          "snapshots",
          "dead_letter_records",
          "quarantine",
          "halt_records",
          "halt_resumptions",
          "deadletter_replays",
          "knowledge_documents");

  /** Those that the archive job writes. */
  private static final List<String> WRITTEN =
      List.of(
          "receipts",
          "snapshots",
          "dead_letter_records",
          "quarantine",
          "halt_records",
          "knowledge_documents");

  /** Before each statement that updates (16), deletes (8) or truncates (32): 2 is "before". */
  private static final int REFUSES_ALL = 2 + 8 + 16 + 32;

  private final Connection connection;
  private final Findings findings;

  public ArchiveChecks(Connection connection, Findings findings) {
    this.connection = connection;
    this.findings = findings;
  }

  /**
   * Looks at the server, the schema, the tables, the roles and the halts.
   *
   * @throws SQLException when the server goes away
   */
  public void check(ArchiveSchema schema) throws SQLException {
    int version = Integer.parseInt(text("select current_setting('server_version_num')"));
    findings.require(
        version >= VERSION_MIN,
        "postgresql",
        "version " + text("select current_setting('server_version')") + ", want>=14",
        "Move the database to a newer PostgreSQL.");
    for (String setting : List.of("fsync", "full_page_writes", "synchronous_commit")) {
      checkDurable(setting);
    }
    checkRoles();
    if (checkSchema(schema)) {
      checkTables();
      checkTriggers();
      checkRights();
      checkHalts();
    }
  }

  /** Who speaks here: somebody who cannot undo what was written. */
  public void checkLogin(String check) throws SQLException {
    String user = text("select current_user");
    boolean superuser = yes("select rolsuper from pg_roles where rolname = current_user");
    boolean owner =
        !superuser
            && yes(
                "select exists (select from pg_roles where rolname = 'knhk_owner'"
                    + " and pg_has_role(current_user, oid, 'member'))");
    findings.require(
        !superuser && !owner,
        check,
        "login=" + user + (superuser ? ", a superuser" : owner ? ", a member of knhk_owner" : ""),
        superuser
            ? "Use a login of its own: create role LOGIN login password '..'; grant knhk_writer to"
                + " LOGIN;"
            : "revoke knhk_owner from " + user + ";");
  }

  /** Whether the login of the archive job may write what it has to, and no more. */
  public void checkWriter() throws SQLException {
    checkLogin("writer login");
    boolean member =
        yes(
            "select exists (select from pg_roles where rolname = 'knhk_writer'"
                + " and pg_has_role(current_user, oid, 'usage'))");
    findings.require(
        member,
        "writer role",
        member ? "a member of knhk_writer" : "expected a member of knhk_writer",
        "grant knhk_writer to " + text("select quote_ident(current_user)") + ";");
    if (text("select current_setting('synchronous_commit')").equals("off")) {
      checkDurable("synchronous_commit");
    }
  }

  private void checkDurable(String setting) throws SQLException {
    String value = text("select current_setting('" + setting + "')");
    findings.require(
        !value.equals("off"),
        setting,
        "got=" + value + (value.equals("off") ? ", want=on: a crash loses or tears receipts" : ""),
        mendSetting(setting));
  }

  /** A setting is mended where it was made. */
  private String mendSetting(String setting) throws SQLException {
    String user = text("select quote_ident(current_user)");
    String database = text("select quote_ident(current_database())");
    return switch (text("select source from pg_settings where name = '" + setting + "'")) {
      case "command line" -> "Start the server without -c " + setting + "=off.";
      case "database" -> "alter database " + database + " reset " + setting + ";";
      case "user" -> "alter role " + user + " reset " + setting + ";";
      case "database user" ->
          "alter role " + user + " in database " + database + " reset " + setting + ";";
      default -> "alter system set " + setting + " = on; select pg_reload_conf();";
    };
  }

  private void checkRoles() throws SQLException {
    for (String role : List.of("knhk_owner", "knhk_writer", "knhk_auditor")) {
      if (!yes("select exists (select from pg_roles where rolname = '" + role + "')")) {
        findings.failed(role, "expected the role to be there", MIGRATE);
      } else if (!role.equals("knhk_owner")
          && !yes(
              "select exists (select from pg_auth_members m join pg_roles r on r.oid = m.roleid"
                  + " join pg_roles l on l.oid = m.member where r.rolname = '"
                  + role
                  + "' and l.rolcanlogin)")) {
        findings.warning(
            role,
            "no login is a member of it",
            "create role LOGIN login password '..'; grant "
                + role
                + " to LOGIN; alter role LOGIN set search_path = knhk;");
      } else {
        findings.ok(role, "there");
      }
    }
  }

  /** Whether there is a schema to look into. */
  private boolean checkSchema(ArchiveSchema schema) throws SQLException {
    if (!yes("select to_regnamespace('knhk') is not null")) {
      findings.failed("schema", "expected the schema knhk, which is not there", MIGRATE);
      return false;
    }
    if (!yes("select has_schema_privilege('knhk', 'usage')")) {
      findings.failed(
          "schema",
          "expected a login that may read the archive: login=" + text("select current_user"),
          "grant knhk_auditor to " + text("select quote_ident(current_user)") + ";");
      return false;
    }
    if (!yes("select to_regclass('knhk.receipts') is not null")) {
      findings.failed("schema", "expected the tables of the archive, which are not there", MIGRATE);
      return false;
    }
    List<Migration> migrations;
    try {
      migrations = schema.status();
    } catch (StackException e) {
      findings.failed(
          "schema",
          String.valueOf(e.getMessage()),
          "grant select on knhk."
              + ArchiveSchema.HISTORY
              + " to knhk_writer, knhk_auditor; which this also does: "
              + MIGRATE);
      return true;
    }
    List<String> wrong =
        migrations.stream()
            .filter(migration -> migration.state() != State.APPLIED)
            .map(migration -> "V" + migration.version() + " " + migration.state())
            .toList();
    boolean onlyPending =
        migrations.stream().allMatch(m -> m.state() == State.APPLIED || m.state() == State.PENDING);
    findings.require(
        wrong.isEmpty(),
        "schema",
        "migrations="
            + migrations.size()
            + (wrong.isEmpty() ? ", all applied" : ", wrong=" + wrong),
        onlyPending
            ? MIGRATE
            : "Run the release that migrated it (UNKNOWN), or find out who changed it (CHANGED,"
                + " FAILED): knhk database status");
    return true;
  }

  private void checkTables() throws SQLException {
    Set<String> missing = new TreeSet<>(TABLES);
    missing.removeAll(column("select tablename from pg_tables where schemaname = 'knhk'"));
    findings.require(
        missing.isEmpty(),
        "tables",
        missing.isEmpty() ? "all there" : "missing=" + missing,
        "Bring the database back from a backup. A migrated table does not go by itself.");
  }

  /** Every table of the schema, so that one which a later release adds is looked at too. */
  private void checkTriggers() throws SQLException {
    List<String> wrong = new ArrayList<>();
    List<String> next = new ArrayList<>();
    String query =
        "select c.relname, t.tgenabled, t.tgtype, coalesce(p.prosrc, '') as body"
            + " from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            + " left join pg_trigger t on t.tgrelid = c.oid and t.tgname = 'append_only'"
            + " left join pg_proc p on p.oid = t.tgfoid"
            + " where n.nspname = 'knhk' and c.relkind in ('r', 'p') and c.relname <> ? order by 1";
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, ArchiveSchema.HISTORY);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          trigger(rows, wrong, next);
        }
      }
    }
    findings.require(
        wrong.isEmpty(),
        "append-only triggers",
        wrong.isEmpty() ? "on every table" : String.join("; ", wrong),
        "As the owner: " + String.join(" ", next) + " Then: knhk verify");
  }

  private static void trigger(ResultSet row, List<String> wrong, List<String> next)
      throws SQLException {
    String table = "knhk." + row.getString(1);
    String enabled = row.getString(2);
    if (enabled == null) {
      wrong.add(table + " has none");
    } else if (!enabled.equals("O") && !enabled.equals("A")) {
      wrong.add(table + "'s is disabled");
      next.add("alter table " + table + " enable trigger append_only;");
      return;
    } else if (row.getInt(3) != REFUSES_ALL || !row.getString(4).contains("raise exception")) {
      wrong.add(table + "'s does not refuse update, delete and truncate");
      next.add("drop trigger append_only on " + table + ";");
    } else {
      return;
    }
    next.add(
        "create trigger append_only before update or delete or truncate on "
            + table
            + " for each statement execute function knhk.refuse_change();");
  }

  private void checkRights() throws SQLException {
    List<String> tooMany =
        column(
            "select r.role || ' may ' || p.name || ' ' || c.relname from (values ('knhk_writer'),"
                + " ('knhk_auditor')) as r(role) join pg_roles a on a.rolname = r.role cross join"
                + " (values ('update'), ('delete'), ('truncate'), ('trigger')) as p(name) join"
                + " pg_class c on c.relnamespace = to_regnamespace('knhk') and c.relkind in ('r',"
                + " 'p') where has_table_privilege(a.oid, c.oid, p.name) order by 1");
    findings.require(
        tooMany.isEmpty(),
        "rights",
        tooMany.isEmpty() ? "writer and auditor can change no row" : String.join("; ", tooMany),
        "revoke update, delete, truncate, trigger on all tables in schema knhk from public,"
            + " knhk_writer, knhk_auditor;");
    List<String> tooFew =
        column(
            "select c.relname from pg_class c join pg_roles a on a.rolname = 'knhk_writer'"
                + " where c.relnamespace = to_regnamespace('knhk') and c.relname = any (array['"
                + String.join("', '", WRITTEN)
                + "']) and not has_table_privilege(a.oid, c.oid, 'insert') order by 1");
    if (!tooFew.isEmpty()) {
      findings.failed(
          "writer inserts",
          "expected knhk_writer to insert into " + tooFew,
          "grant select, insert on all tables in schema knhk to knhk_writer;");
    }
  }

  private void checkHalts() throws SQLException {
    List<String> halted =
        column(
            "select distinct log || '/' || sector from knhk.halts where resumed_at is null order by"
                + " 1");
    findings.require(
        halted.isEmpty(),
        "halts",
        halted.isEmpty() ? "no sector is halted" : "halted=" + halted,
        "knhk sql 'select * from halts where resumed_at is null' says why; see When a sector is"
            + " halted in docs/operations/running.md");
  }

  private boolean yes(String query) throws SQLException {
    return text(query).equals("t");
  }

  private String text(String query) throws SQLException {
    List<String> rows = column(query);
    return rows.isEmpty() ? "" : rows.get(0);
  }

  private List<String> column(String query) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query);
        ResultSet rows = statement.executeQuery()) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(String.valueOf(rows.getString(1)));
      }
      return values;
    }
  }
}
