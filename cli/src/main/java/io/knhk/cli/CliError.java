package io.knhk.cli;

/** The errors of the command, each explained in docs/handbook/errors.md under its code. */
public enum CliError {
  UNEXPECTED("KNHK-1000", ExitCode.FAILURE),
  USAGE("KNHK-1001", ExitCode.USAGE),
  NOTHING_RUNS("KNHK-1010", ExitCode.UNREACHABLE),
  STALE_ENDPOINTS("KNHK-1011", ExitCode.UNREACHABLE),
  POSTGRESQL_UNREACHABLE("KNHK-1012", ExitCode.UNREACHABLE),
  KAFKA_UNREACHABLE("KNHK-1013", ExitCode.UNREACHABLE),
  BAD_CONFIGURATION("KNHK-1014", ExitCode.USAGE),
  BAD_SECRET_FILE("KNHK-1015", ExitCode.FAILURE),
  NO_PUBLIC_KEY("KNHK-1020", ExitCode.NOT_FOUND),
  KEY_EXISTS("KNHK-1021", ExitCode.REFUSED),
  BAD_KEY("KNHK-1022", ExitCode.FAILURE),
  NOT_FOUND("KNHK-1030", ExitCode.NOT_FOUND),
  AMBIGUOUS("KNHK-1031", ExitCode.USAGE),
  FILE_UNREADABLE("KNHK-1032", ExitCode.FAILURE),
  FILE_UNWRITABLE("KNHK-1033", ExitCode.FAILURE),
  BAD_INPUT_FILE("KNHK-1034", ExitCode.FAILURE),
  SQL_FAILED("KNHK-1040", ExitCode.FAILURE),
  SQL_REFUSED("KNHK-1041", ExitCode.REFUSED),
  REPLAYED_BEFORE("KNHK-1050", ExitCode.REFUSED),
  NOT_ACCOUNTED("KNHK-1051", ExitCode.INCOMPLETE),
  SEND_FAILED("KNHK-1052", ExitCode.FAILURE),
  HALT_RESUMED("KNHK-1053", ExitCode.REFUSED),
  RECEIPTS_MISSING("KNHK-1054", ExitCode.REFUSED),
  STILL_RUNS("KNHK-1060", ExitCode.REFUSED),
  NOT_A_STATE("KNHK-1061", ExitCode.REFUSED),
  DID_NOT_STOP("KNHK-1062", ExitCode.FAILURE),
  NOT_CONFIRMED("KNHK-1063", ExitCode.REFUSED),
  EVIDENCE_INVALID("KNHK-1070", ExitCode.EVIDENCE_INVALID),
  NOTHING_TO_VERIFY("KNHK-1071", ExitCode.INCOMPLETE),
  TOPIC_NOT_CREATED("KNHK-1080", ExitCode.FAILURE),
  TOPICS_DIFFER("KNHK-1081", ExitCode.FAILURE),
  OWNER_LACKS_RIGHTS("KNHK-1082", ExitCode.REFUSED),
  NO_SIGNING_KEY("KNHK-1090", ExitCode.NOT_FOUND),
  UNKNOWN_SIGNER("KNHK-1091", ExitCode.REFUSED),
  BAD_MESSAGE("KNHK-1092", ExitCode.USAGE),
  CONTROL_REFUSED("KNHK-1093", ExitCode.REFUSED),
  NO_ANSWER("KNHK-1094", ExitCode.INCOMPLETE),
  NOT_OPEN("KNHK-1095", ExitCode.REFUSED),
  STALE_BALLOT("KNHK-1096", ExitCode.REFUSED),
  WHICH_LOG("KNHK-1097", ExitCode.USAGE),
  BAD_RDF("KNHK-1098", ExitCode.FAILURE),
  SCHEMA_DIFFERS("KNHK-1099", ExitCode.FAILURE);

  private final String code;
  private final int exitCode;

  CliError(String code, int exitCode) {
    this.code = code;
    this.exitCode = exitCode;
  }

  /** {@code KNHK-} and four digits; never reused. */
  public String code() {
    return code;
  }

  /** One of {@link ExitCode}. */
  public int exitCode() {
    return exitCode;
  }

  /**
   * The exception that ends a command with this error.
   *
   * @param problem what and where, and what was expected
   * @param next what to run or to do next
   */
  public CliException because(String problem, String next) {
    return new CliException(this, problem, next, null);
  }

  /** As {@link #because(String, String)}, with the failure behind it. */
  public CliException because(String problem, String next, Throwable cause) {
    return new CliException(this, problem, next, cause);
  }
}
