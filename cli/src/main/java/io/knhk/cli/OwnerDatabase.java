package io.knhk.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.knhk.embedded.ArchiveSchema;
import io.knhk.embedded.ArchiveSchema.Migration;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A database that somebody brings, and who they are there. */
final class OwnerDatabase {
  private final ResolvedEndpoints endpoints;
  private final ArchiveSchema schema;

  private OwnerDatabase(ResolvedEndpoints endpoints, String jdbcUrl) {
    this.endpoints = endpoints;
    ResolvedEndpoints.Login login = endpoints.writer();
    Path file = login == null ? null : login.passwordFile();
    this.schema =
        new ArchiveSchema(
            jdbcUrl,
            login == null ? null : login.user(),
            file == null ? null : Archive.password(file));
  }

  /**
   * @throws CliException when no database was named or it does not answer
   */
  static OwnerDatabase open(ConnectionOptions flags, Terminal terminal) {
    ResolvedEndpoints endpoints = EndpointResolver.resolve(flags, terminal);
    String jdbcUrl = endpoints.jdbcUrl();
    if (jdbcUrl == null) {
      throw Archive.nothingRuns(endpoints);
    }
    return new OwnerDatabase(endpoints, jdbcUrl);
  }

  ArchiveSchema schema() {
    return schema;
  }

  /**
   * SQL, a line a right, that gives the login what the first migration needs; empty if it has it.
   */
  List<String> missingRights() {
    try (Connection connection = Archive.asWriter(endpoints);
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select quote_ident(current_user), quote_ident(current_database()), r.rolsuper,"
                    + " r.rolcreaterole, has_database_privilege(current_database(), 'create'),"
                    + " coalesce((select pg_has_role(current_user, oid, 'member with admin option')"
                    + " or current_setting('server_version_num')::int < 160000 from pg_roles where"
                    + " rolname = 'knhk_owner'), true) from pg_roles r where r.rolname ="
                    + " current_user")) {
      row.next();
      String user = row.getString(1);
      List<String> missing = new ArrayList<>();
      if (row.getBoolean(3)) {
        return missing;
      }
      if (!row.getBoolean(4)) {
        missing.add("alter role " + user + " createrole;");
      }
      if (!row.getBoolean(5)) {
        missing.add("grant create on database " + row.getString(2) + " to " + user + ";");
      }
      if (!row.getBoolean(6)) {
        missing.add("grant knhk_owner to " + user + " with admin option;");
      }
      return missing;
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
  }

  static void row(Rows rows, Migration migration, String result) {
    Instant appliedAt = migration.appliedAt();
    rows.add(
        JsonNodeFactory.instance
            .objectNode()
            .put("version", migration.version())
            .put("description", migration.description())
            .put("result", result)
            .put("appliedAt", appliedAt == null ? null : appliedAt.toString())
            .put("appliedBy", migration.appliedBy()));
  }
}
