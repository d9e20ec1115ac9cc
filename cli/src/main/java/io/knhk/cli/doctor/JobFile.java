package io.knhk.cli.doctor;

import io.knhk.jobs.JobArguments;
import io.knhk.jobs.KafkaOptions;
import io.knhk.jobs.LedgerOptions;
import io.knhk.jobs.archive.ArchiveOptions;
import io.knhk.jobs.loop.ClosedLoopOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;

/**
 * The file that a job is given with {@code --config}, read as the job reads it.
 *
 * @param file Java properties
 */
public record JobFile(Path file, Configuration options) {

  /**
   * Empty, and said why, when the file cannot be read or has a secret in it.
   *
   * @param findings what is wrong with it
   */
  public static Optional<JobFile> read(Path file, Findings findings) {
    String check = "configuration " + file.getFileName();
    Configuration options;
    try {
      options = JobArguments.parse(new String[] {"--config", file.toString()});
    } catch (IOException | RuntimeException e) {
      findings.failed(
          check,
          "expected a file of Java properties: file=" + file + ", problem=" + e,
          "Name the file that the job is given with --config.");
      return Optional.empty();
    }
    List<String> secrets = Secrets.in(options.toMap());
    if (!secrets.isEmpty()) {
      findings.failed(
          check,
          "expected no secret in it: options=" + secrets,
          "Put it into a file of mode 600 and name that: knhk.archive.password-file=FILE, or for"
              + " Kafka ${file:/etc/knhk/kafka.secrets:password} with config.providers=file and"
              + " config.providers.file.class=org.apache.kafka.common.config.provider.FileConfigProvider."
              + " Then change the secret.");
      return Optional.empty();
    }
    JobFile read = new JobFile(file, options);
    read.checkOptions(check, findings);
    return Optional.of(read);
  }

  /** An option that is set. */
  public Optional<String> value(ConfigOption<String> option) {
    return options.getOptional(option);
  }

  public Optional<Path> signingKey() {
    return value(ClosedLoopOptions.SIGNING_KEY_FILE).map(Path::of);
  }

  public Optional<Path> trustedKeys() {
    return value(LedgerOptions.TRUSTED_KEYS_FILE).map(Path::of);
  }

  /** Properties of Kafka clients, bootstrap servers included where the file has them. */
  public Map<String, String> kafka() {
    Map<String, String> kafka = new HashMap<>();
    try {
      kafka.putAll(options.get(KafkaOptions.CLIENT_PROPERTIES));
    } catch (IllegalArgumentException e) {
      // Said of the file already, without the value.
    }
    value(KafkaOptions.BOOTSTRAP_SERVERS)
        .ifPresent(servers -> kafka.put("bootstrap.servers", servers));
    return kafka;
  }

  private void checkOptions(String check, Findings findings) {
    boolean isArchive = options.contains(ArchiveOptions.JDBC_URL);
    String job = isArchive ? "archive" : "loop";
    try {
      if (isArchive) {
        ArchiveOptions.from(options);
      } else {
        ClosedLoopOptions.from(options);
      }
      findings.ok(check, "of the " + job + ", options=" + options.keySet().size());
    } catch (RuntimeException e) {
      findings.failed(
          check, "of the " + job + ": " + e.getMessage(), "Mend the option in " + file + ".");
    }
  }
}
