package io.knhk.jobs.archive;

import io.knhk.jobs.KafkaOptions;
import io.knhk.jobs.LedgerOptions;
import io.knhk.jobs.Required;
import io.knhk.operators.archive.ArchiveSinkOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;

/**
 * How ReceiptArchiveJob runs, checked once.
 *
 * @param log name of the ledger that is archived
 * @param trustedKeysFile PEM file with the public keys whose signatures count, read by the client
 */
public record ArchiveOptions(
    KafkaOptions kafka, String log, String trustedKeysFile, ArchiveSinkOptions database) {
  public static final ConfigOption<String> JDBC_URL =
      ConfigOptions.key("knhk.archive.jdbc-url")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Where the tables are, jdbc:postgresql://host:port/database, without user or password.");

  public static final ConfigOption<String> USER =
      ConfigOptions.key("knhk.archive.user")
          .stringType()
          .noDefaultValue()
          .withDescription("A login that is a member of the role knhk_writer.");

  public static final ConfigOption<String> PASSWORD_FILE =
      ConfigOptions.key("knhk.archive.password-file")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "File with that login's password, on every TaskManager, read again for every connection.");

  public static final ConfigOption<Integer> BATCH_ROWS =
      ConfigOptions.key("knhk.archive.batch-rows")
          .intType()
          .defaultValue(ArchiveSinkOptions.BATCH_ROWS_DEFAULT)
          .withDescription("Rows of one transaction, at most. A checkpoint ends a batch too.");

  /**
   * @throws IllegalArgumentException that names the option and what was expected of it
   */
  public static ArchiveOptions from(ReadableConfig config) {
    return new ArchiveOptions(
        KafkaOptions.from(config),
        config.get(LedgerOptions.LOG),
        Required.of(config, LedgerOptions.TRUSTED_KEYS_FILE),
        ArchiveSinkOptions.of(
                Required.of(config, JDBC_URL),
                Required.of(config, USER),
                Required.of(config, PASSWORD_FILE))
            .withBatch(config.get(BATCH_ROWS), ArchiveSinkOptions.BATCH_BYTES_DEFAULT));
  }
}
