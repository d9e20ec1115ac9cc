package io.knhk.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.schemas.Topics;
import io.knhk.schemas.observation.Decoded;
import io.knhk.schemas.observation.ObservationCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "replay",
    description = {
      "Puts dead letters back on the observations topic, each into the partition it came from, with its origin in the headers"
          + " knhk_origin_topic, knhk_origin_partition and knhk_origin_offset.",
      "A dead letter is replayed once; a second time needs --again."
    },
    footer = {
      "",
      "Examples:",
      "  knhk deadletters replay 2/17 --dry-run",
      "  knhk deadletters replay 2/17 --file mended.json"
    })
final class DeadLettersReplayCommand implements Callable<Integer> {
  static final String ORIGIN_TOPIC = "knhk_origin_topic";
  static final String ORIGIN_PARTITION = "knhk_origin_partition";
  static final String ORIGIN_OFFSET = "knhk_origin_offset";

  private final Terminal terminal;
  private final Clock clock;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final ConnectionOptions connection = new ConnectionOptions();

  @Option(
      names = "--dry-run",
      description = "Send nothing; say what would be sent and whether it would be accepted now.")
  private boolean dryRun;

  @Option(
      names = "--file",
      paramLabel = "MENDED",
      description = "Send these bytes instead of the original ones.")
  private @Nullable Path mended;

  @Option(names = "--again", description = "Even if it was replayed before.")
  private boolean again;

  @Parameters(
      paramLabel = "ID",
      arity = "1..*",
      description = "TOPIC/PARTITION/OFFSET, or PARTITION/OFFSET.")
  private List<String> ids = List.of();

  DeadLettersReplayCommand(Terminal terminal, Clock clock) {
    this.terminal = terminal;
    this.clock = clock;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<DeadLetterId> letters = ids.stream().map(DeadLetterId::parse).distinct().toList();
    if (mended != null && letters.size() > 1) {
      throw CliError.USAGE.because(
          "expected one id with --file: ids=" + letters.size(), "Replay them one by one.");
    }
    byte[] bytes = mended == null ? null : read(mended);
    ResolvedEndpoints endpoints = EndpointResolver.resolve(connection, terminal);
    try (Connection archive = dryRun ? Archive.asAuditor(endpoints) : Archive.asWriter(endpoints);
        Rows rows =
            new Rows(
                terminal.out(),
                output.format(),
                List.of("id", "sent", "partition", "offset", "expected", "detail"))) {
      // All are looked up before the first is sent.
      List<Replay> replays = new ArrayList<>();
      for (DeadLetterId id : letters) {
        replays.add(prepare(archive, id, bytes));
      }
      if (dryRun) {
        replays.forEach(replay -> rows.add(replay.toJson(clock.millis()).put("sent", false)));
      } else {
        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(endpoints)) {
          for (Replay replay : replays) {
            rows.add(send(archive, producer, replay));
          }
        } catch (KafkaException e) {
          throw KafkaClients.unreachable(endpoints, e);
        }
      }
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
    return ExitCode.OK;
  }

  private Replay prepare(Connection archive, DeadLetterId id, byte @Nullable [] bytes)
      throws SQLException, IOException {
    StoredDeadLetter letter = StoredDeadLetter.find(archive, id);
    if (!id.topic().equals(Topics.OBSERVATIONS)) {
      throw CliError.USAGE.because(
          "expected a dead letter of the observations topic: id=" + id, "Others are not replayed.");
    }
    int attempts = attempts(archive, id);
    if (attempts > 0 && !again) {
      throw CliError.REPLAYED_BEFORE.because(
          "expected a dead letter that was not replayed yet: id=" + id + ", replays=" + attempts,
          "Add --again to send it once more.");
    }
    List<Header> headers = new ArrayList<>();
    for (Header header : letter.headers()) {
      if (!List.of(ORIGIN_TOPIC, ORIGIN_PARTITION, ORIGIN_OFFSET).contains(header.key())) {
        headers.add(header);
      }
    }
    headers.add(header(ORIGIN_TOPIC, id.topic()));
    headers.add(header(ORIGIN_PARTITION, Integer.toString(id.partition())));
    headers.add(header(ORIGIN_OFFSET, Long.toString(id.offset())));
    return new Replay(
        id, attempts + 1, headers, bytes == null ? letter.value() : bytes, bytes != null);
  }

  /**
   * The note that it was replayed is committed once Kafka has it; its key keeps a second one away
   * meanwhile.
   */
  private ObjectNode send(Connection archive, KafkaProducer<byte[], byte[]> producer, Replay replay)
      throws SQLException, InterruptedException {
    archive.setAutoCommit(false);
    try {
      note(archive, replay);
      RecordMetadata sent =
          producer
              .send(
                  new ProducerRecord<byte[], byte[]>(
                      Topics.OBSERVATIONS,
                      replay.id().partition(),
                      (byte[]) null,
                      replay.value(),
                      replay.headers()))
              .get();
      archive.commit();
      return replay
          .toJson(clock.millis())
          .put("sent", true)
          .put("partition", sent.partition())
          .put("offset", sent.offset());
    } catch (ExecutionException e) {
      throw CliError.SEND_FAILED.because(
          "expected Kafka to take the record: id=" + replay.id() + ", problem=" + e.getCause(),
          "Run ./knhk status, then the same command again.",
          e);
    } finally {
      archive.rollback();
      archive.setAutoCommit(true);
    }
  }

  private static void note(Connection archive, Replay replay) throws SQLException {
    try (PreparedStatement insert =
        archive.prepareStatement(
            "insert into knhk.deadletter_replays (topic, source_partition, source_offset, attempt, mended)"
                + " values (?, ?, ?, ?, ?)")) {
      insert.setString(1, replay.id().topic());
      insert.setInt(2, replay.id().partition());
      insert.setLong(3, replay.id().offset());
      insert.setInt(4, replay.attempt());
      insert.setBoolean(5, replay.isMended());
      insert.executeUpdate();
    } catch (SQLException e) {
      if ("23505".equals(e.getSQLState())) {
        throw CliError.REPLAYED_BEFORE.because(
            "expected a dead letter that nobody else replays now: id=" + replay.id(),
            "Look at it with knhk deadletters show, then add --again to send it once more.",
            e);
      }
      throw e;
    }
  }

  private static int attempts(Connection archive, DeadLetterId id) throws SQLException {
    try (PreparedStatement select =
        archive.prepareStatement(
            "select coalesce(max(attempt), 0) from knhk.deadletter_replays"
                + " where topic = ? and source_partition = ? and source_offset = ?")) {
      select.setString(1, id.topic());
      select.setInt(2, id.partition());
      select.setLong(3, id.offset());
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw CliError.FILE_UNREADABLE.because(
          "expected a file with the mended record: file=" + file + ", problem=" + e,
          "knhk deadletters show ID --raw writes the original.",
          e);
    }
  }

  private static Header header(String name, String value) {
    return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
  }

  @SuppressWarnings("ArrayRecordComponent") // Made once, sent once.
  private record Replay(
      DeadLetterId id,
      int attempt,
      List<Header> headers,
      byte @Nullable [] value,
      boolean isMended) {
    /** With what the loop's own decoder says of it. */
    ObjectNode toJson(long nowMs) {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("id", id.toString());
      json.put("mended", isMended);
      json.put("attempt", attempt);
      json.put("bytes", value == null ? 0 : value.length);
      String[] names = headers.stream().map(Header::key).toArray(String[]::new);
      byte[][] values = headers.stream().map(Header::value).toArray(byte[][]::new);
      if (ObservationCodec.decode(value, names, values, nowMs)
          instanceof Decoded.Rejected rejected) {
        json.put("expected", "rejected");
        json.put("reason", rejected.reason().name());
        json.put("detail", rejected.detail());
      } else {
        json.put("expected", "accepted");
      }
      return json;
    }
  }
}
