package io.knhk.operators.archive;

import java.sql.SQLException;
import java.util.Set;

/** Which errors of PostgreSQL pass by waiting (its manual, appendix A). */
final class SqlStates {
  /** Connection lost or refused; resources short; transaction rolled back for another's sake. */
  private static final Set<String> CLASSES = Set.of("08", "53", "40");

  /**
   * Shut down by an administrator, crashed, starting up, idle too long; read-only while another
   * server takes over.
   */
  private static final Set<String> STATES =
      Set.of("57P01", "57P02", "57P03", "57P05", "25P03", "25006");

  private SqlStates() {}

  static boolean passesByWaiting(SQLException error) {
    String state = error.getSQLState();
    return state != null
        && state.length() == 5
        && (CLASSES.contains(state.substring(0, 2)) || STATES.contains(state));
  }
}
