package io.knhk.jobs;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.util.ParameterTool;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a job's main method: {@code --config FILE} names a Java properties file; {@code
 * --OPTION VALUE} sets one option and wins over the file. {@code --new-log NAME} and {@code
 * --accept-regression REASON} are short for {@link LedgerOptions}.
 */
public final class JobArguments {
  private static final String CONFIG = "config";
  private static final String NEW_LOG = "new-log";
  private static final String ACCEPT_REGRESSION = "accept-regression";

  /** What ParameterTool gives an argument without a value. */
  private static final String NO_VALUE = "__NO_VALUE_KEY";

  private JobArguments() {}

  /**
   * @throws IOException when the file cannot be read
   */
  public static Configuration parse(String[] args) throws IOException {
    ParameterTool given = ParameterTool.fromArgs(args);
    Map<String, String> values = new HashMap<>();
    if (given.has(CONFIG)) {
      values.putAll(ParameterTool.fromPropertiesFile(given.get(CONFIG)).toMap());
    }
    values.putAll(given.toMap());
    values.remove(CONFIG);
    values.putAll(
        LedgerOptions.started(
            valueOf(values.remove(NEW_LOG)), valueOf(values.remove(ACCEPT_REGRESSION))));
    return Configuration.fromMap(values);
  }

  private static @Nullable String valueOf(@Nullable String given) {
    return NO_VALUE.equals(given) ? "" : given;
  }
}
