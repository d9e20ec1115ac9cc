package io.knhk.jobs;

import java.util.HashMap;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.jspecify.annotations.Nullable;

/** Which ledger it is, and whose signatures count in it: the same for every job. */
public final class LedgerOptions {
  public static final ConfigOption<String> LOG =
      ConfigOptions.key("knhk.log")
          .stringType()
          .defaultValue("knhk")
          .withDescription("Name of the ledger. It is in every receipt; two ledgers never mix.");

  public static final ConfigOption<String> TRUSTED_KEYS_FILE =
      ConfigOptions.key("knhk.keys.trusted-file")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "PEM file with the public keys whose receipts, snapshots, knowledge documents, notifications and ticks are"
                  + " believed. Read by the client at submission.");

  public static final ConfigOption<Boolean> NEW_LOG =
      ConfigOptions.key("knhk.start.new-log")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Whether knhk.log may be begun with the state of another ledger: knowledge and positions are kept, the chains"
                  + " start at number 0. --new-log NAME sets both options. It has no effect once the ledger was begun.");

  public static final ConfigOption<String> ACCEPT_REGRESSION =
      ConfigOptions.key("knhk.start.accept-regression")
          .stringType()
          .defaultValue("")
          .withDescription(
              "Why state that is behind the committed receipts may go on from their end, in a person's words. They are in the"
                  + " signed LedgerRestored receipt of each chain. Empty: such state is refused. --accept-regression REASON sets it.");

  private LedgerOptions() {}

  /**
   * What a person asked for at a start, as options.
   *
   * @param newLog name of the ledger to begin, or null
   * @param acceptedRegression why state may be behind, or null
   * @throws IllegalArgumentException when one is blank
   */
  public static Map<String, String> started(
      @Nullable String newLog, @Nullable String acceptedRegression) {
    Map<String, String> options = new HashMap<>();
    if (newLog != null) {
      options.put(LOG.key(), required("--new-log NAME", newLog));
      options.put(NEW_LOG.key(), "true");
    }
    if (acceptedRegression != null) {
      options.put(
          ACCEPT_REGRESSION.key(), required("--accept-regression REASON", acceptedRegression));
    }
    return options;
  }

  private static String required(String argument, String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException("expected " + argument + " with a value");
    }
    return value;
  }
}
