package io.knhk.jobs;

import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** Which ledger it is, and whose signatures count in it: the same for both jobs. */
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
              "PEM file with the public keys whose receipts, snapshots and ticks are believed. Read by the client at"
                  + " submission.");

  private LedgerOptions() {}
}
