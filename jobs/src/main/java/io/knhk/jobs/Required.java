package io.knhk.jobs;

import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/** Reads options that have no default. */
public final class Required {
  private Required() {}

  /**
   * @throws IllegalArgumentException with the option's name and description when it is not set
   */
  public static <T> T of(ReadableConfig config, ConfigOption<T> option) {
    return config
        .getOptional(option)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "expected a value: option="
                        + option.key()
                        + ". Set it in the file given with --config, or with --"
                        + option.key()
                        + " VALUE. docs/configuration.md lists every option."));
  }
}
