package io.knhk.jobs;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.util.ParameterTool;

/**
 * The arguments of a job's main method: {@code --config FILE} names a Java properties file; {@code
 * --OPTION VALUE} sets one option and wins over the file.
 */
public final class JobArguments {
  private static final String CONFIG = "config";

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
    return Configuration.fromMap(values);
  }
}
