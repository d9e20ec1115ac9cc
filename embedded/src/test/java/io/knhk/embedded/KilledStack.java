package io.knhk.embedded;

import io.knhk.schemas.Topics;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.OptionalInt;

/**
 * Runs in a process of its own, to be killed: starts Kafka and PostgreSQL, writes to both, says so
 * and waits.
 */
public final class KilledStack {
  static final String READY = "ready";

  private KilledStack() {}

  public static void main(String[] arguments) throws Exception {
    StateDirectory state = StateDirectory.open(Path.of(arguments[0]));
    EmbeddedKafka kafka = EmbeddedKafka.start(state, OptionalInt.empty());
    kafka.createTopics();
    EmbeddedPostgresql postgresql = EmbeddedPostgresql.start(state, OptionalInt.empty());
    EmbeddedKafkaITCase.send(kafka.bootstrapServers(), Topics.RECEIPTS, new byte[] {1, 2, 3}, 0L);
    try (Connection writer = postgresql.connect(postgresql.writer())) {
      EmbeddedPostgresqlITCase.run(
          writer,
          "insert into dead_letter_records values"
              + " ('t', 0, 7, 'INVALID_JSON', 'expected an object', '', 1, null, '{}')");
    }
    System.out.println(READY + " " + postgresql.port());
    System.in.read();
  }
}
