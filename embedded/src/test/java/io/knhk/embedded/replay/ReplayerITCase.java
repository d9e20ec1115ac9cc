package io.knhk.embedded.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.embedded.EmbeddedKafka;
import io.knhk.embedded.EmbeddedKafkaITCase;
import io.knhk.embedded.StackException;
import io.knhk.embedded.StateDirectory;
import io.knhk.schemas.Topics;
import io.knhk.schemas.observation.Decoded;
import io.knhk.schemas.observation.Observation;
import io.knhk.schemas.observation.ObservationCodec;
import io.knhk.schemas.observation.SourceMarker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReplayerITCase {
  private static final int ROWS = 300;
  private static final long START_MS = Instant.parse("2014-07-01T00:00:00Z").toEpochMilli();

  @TempDir Path folder;

  private StateDirectory state;
  private EmbeddedKafka kafka;

  @BeforeEach
  void start() {
    state = StateDirectory.open(folder.resolve("state"));
    kafka = EmbeddedKafka.start(state, OptionalInt.empty());
    kafka.createTopics();
  }

  @AfterEach
  void stop() {
    kafka.close();
    state.close();
  }

  @Test
  void shouldLoseAndDoubleNothingWhenStoppedInTheMiddleAndRunAgain() throws IOException {
    ReplayInput input = ReplayInput.open(data());
    Replayer slow = replayer(input, 1_000);
    ReplayProgress stopped = slow.run(progress -> slow.stop());
    assertThat(stopped.finished()).isFalse();
    assertThat(stopped.sent()).isBetween(1L, input.total() - 1);
    assertThat(markers(topic())).isEmpty();

    ReplayProgress resumed = replayer(input, 0).run(progress -> {});

    assertThat(resumed.skipped()).isEqualTo(stopped.sent());
    assertThat(resumed.sent()).isEqualTo(input.total() - stopped.sent());
    assertThat(resumed.finished()).isTrue();
    assertThat(resumed.malformed()).isEqualTo(1);
    assertComplete(input);

    ReplayProgress again = replayer(input, 0).run(progress -> {});

    assertThat(again.sent()).isZero();
    assertThat(again.finished()).isTrue();
    assertComplete(input);
  }

  @Test
  void shouldEndEachSourceWithOneMarkerInEveryPartitionItWasSentTo() throws IOException {
    Path data = data();
    StringBuilder events = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      events.append(
          "{\"specversion\":\"1.0\",\"source\":\"urn:mine\",\"sector\":\"healthcare\",\"partitionkey\":\"p%d\",\"time\":\"2014-07-01T00:00:%02dZ\"}\n"
              .formatted(i, i));
    }
    write(data.resolve("healthcare").resolve("events.ndjson"), events.toString());
    ReplayInput input = ReplayInput.open(data);

    replayer(input, 0).run(progress -> {});

    List<ConsumerRecord<byte[], byte[]>> all = topic();
    List<SourceMarker> markers = markers(all);
    assertThat(markers)
        .filteredOn(m -> m.sector().equals("finance"))
        .singleElement()
        .satisfies(
            m -> {
              assertThat(m.source()).isEqualTo("urn:knhk:replay:" + input.replayId() + ":finance");
              assertThat(m.timeMs()).isEqualTo(START_MS + (ROWS - 1) * 1_000L + 3_600_000L);
            });
    assertThat(markers).filteredOn(m -> m.source().equals("urn:mine")).hasSize(4);
    for (int partition = 0; partition < 4; partition++) {
      int p = partition;
      List<ConsumerRecord<byte[], byte[]>> here =
          all.stream().filter(r -> r.partition() == p).toList();
      assertThat(ObservationCodec.decode(here.get(here.size() - 1).value(), Long.MAX_VALUE))
          .as("markers come last")
          .isInstanceOf(Decoded.Marked.class);
    }
  }

  @Test
  void shouldKeepToItsRateWhenOneIsGiven() throws IOException {
    ReplayInput input = ReplayInput.open(data());
    long before = System.nanoTime();

    replayer(input, 500).run(progress -> {});

    assertThat(Duration.ofNanos(System.nanoTime() - before))
        .isGreaterThanOrEqualTo(Duration.ofMillis(1_000 * (input.total() - 1) / 500));
  }

  @Test
  void shouldSayThatTheFilesChangedWhenTheyDid() throws IOException {
    Path data = data();
    ReplayInput input = ReplayInput.open(data);
    write(
        data.resolve("finance").resolve("payment.authorised.csv"),
        "timestamp,value,currency\n2014-07-01 00:00:00,1,EUR\n");

    assertThatThrownBy(() -> replayer(input, 0).run(progress -> {}))
        .isInstanceOfSatisfying(
            StackException.class, e -> assertThat(e.code()).isEqualTo(StackException.REPLAY_FAILED))
        .hasMessageContaining("expected the files to be as they were");
  }

  private void assertComplete(ReplayInput input) {
    List<ConsumerRecord<byte[], byte[]>> all = topic();
    assertThat(all).hasSize((int) input.total() + 2);
    for (String sector : List.of("energy", "finance")) {
      List<Observation> observations = observations(all, sector);
      assertThat(observations)
          .extracting(Observation::id)
          .as("each once and in order")
          .containsExactlyElementsOf(
              IntStream.range(0, ROWS + (sector.equals("energy") ? 1 : 0))
                  // Row 1 of energy is the malformed one.
                  .filter(n -> !(sector.equals("energy") && n == 1))
                  .mapToObj(n -> input.replayId() + "-" + n)
                  .toList());
    }
    assertThat(markers(all)).hasSize(2);
  }

  private Replayer replayer(ReplayInput input, int perSecond) {
    return new Replayer(
        input, kafka.bootstrapServers(), ReplayOptions.defaults().withPerSecond(perSecond));
  }

  private List<ConsumerRecord<byte[], byte[]>> topic() {
    return EmbeddedKafkaITCase.read(kafka.bootstrapServers(), Topics.OBSERVATIONS, 4);
  }

  private static List<Observation> observations(
      List<ConsumerRecord<byte[], byte[]>> records, String sector) {
    List<Observation> observations = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (ObservationCodec.decode(record.value(), Long.MAX_VALUE)
              instanceof Decoded.Accepted accepted
          && accepted.observation().sector().equals(sector)) {
        observations.add(accepted.observation());
        assertThat(new String(record.key(), StandardCharsets.UTF_8))
            .isEqualTo(accepted.observation().source());
      }
    }
    return observations;
  }

  private static List<SourceMarker> markers(List<ConsumerRecord<byte[], byte[]>> records) {
    return records.stream()
        .map(r -> ObservationCodec.decode(r.value(), Long.MAX_VALUE))
        .filter(Decoded.Marked.class::isInstance)
        .map(d -> ((Decoded.Marked) d).marker())
        .toList();
  }

  private Path data() throws IOException {
    Path data = folder.resolve("data");
    StringBuilder payments = new StringBuilder("timestamp,value,currency\n");
    StringBuilder readings = new StringBuilder("timestamp,value\n");
    for (int i = 0; i < ROWS; i++) {
      Instant time = Instant.ofEpochMilli(START_MS + i * 1_000L);
      payments.append(time).append(',').append(i).append(",EUR\n");
      readings.append(time).append(',').append(i).append('\n');
      if (i == 0) {
        readings.append(time).append(",broken\n");
      }
    }
    write(data.resolve("finance").resolve("payment.authorised.csv"), payments.toString());
    write(data.resolve("energy").resolve("meter.reading.csv"), readings.toString());
    return data;
  }

  private static void write(Path file, String content) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }
}
