package io.knhk.operators.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.operators.types.DeadLetter;
import io.knhk.operators.types.RawRecord;
import io.knhk.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;

/** What a leaf commits to, and what a dead letter holds, byte for byte. */
class RecordBytesTest {
  @Test
  void shouldCommitToTheValueWhenModeIsStructured() {
    RawRecord record = record(new String[] {"traceparent"}, new byte[][] {bytes("x")}, "{}");

    assertThat(LeafContent.of(record)).isEqualTo(bytes("{}"));
  }

  @Test
  void shouldCommitToTheSortedHeadersTooWhenModeIsBinary() {
    RawRecord record =
        record(
            new String[] {"ce_type", "content-type", "ce_id", "traceparent"},
            new byte[][] {bytes("t"), bytes("application/json"), bytes("é"), bytes("x")},
            "{}");

    assertThat(LeafContent.of(record)).isEqualTo(bytes("ce_id: é\nce_type: t\n\n{}"));
  }

  @Test
  void shouldHoldTheOriginalAndTheReasonWhenItIsADeadLetter() {
    RawRecord record = record(new String[] {"ce_id", "a"}, new byte[][] {bytes("1"), {}}, "{");

    ProducerRecord<byte[], byte[]> letter =
        new DeadLetterSchema()
            .serialize(new DeadLetter(record, "INVALID_JSON", "expected é", ""), null, null);

    assertThat(letter.topic()).isEqualTo(Topics.DEAD_LETTERS);
    assertThat(letter.key()).isEqualTo(bytes("k"));
    assertThat(letter.value()).isEqualTo(bytes("{"));
    assertThat(headers(letter))
        .containsExactly(
            "knhk_reason=INVALID_JSON",
            "knhk_detail=expected é",
            "knhk_stage=monitor",
            "knhk_topic=knhk.observations.v1",
            "knhk_partition=3",
            "knhk_offset=42",
            "knhk_timestamp=1000",
            "knhk_sector=",
            "ce_id=1",
            "a=");
  }

  @Test
  void shouldHaveNoKeyAndNoValueWhenTheOriginalHadNone() {
    RawRecord tombstone =
        new RawRecord(
            Topics.OBSERVATIONS,
            3,
            42,
            1_000,
            false,
            new byte[0],
            new String[0],
            new byte[0][],
            false,
            new byte[0]);

    ProducerRecord<byte[], byte[]> letter =
        new DeadLetterSchema()
            .serialize(new DeadLetter(tombstone, "MISSING_FIELD", "d", "finance"), null, null);

    assertThat(letter.key()).isNull();
    assertThat(letter.value()).isNull();
    assertThat(headers(letter)).contains("knhk_sector=finance").hasSize(8);
  }

  @Test
  void shouldCutTheValueAndSayWhatItWasWhenNoBrokerWouldTakeTheWhole() {
    RawRecord large =
        record(
            new String[] {"h"},
            new byte[][] {new byte[DeadLetterSchema.HEADER_BYTES_MAX]},
            " ".repeat(DeadLetterSchema.VALUE_BYTES_MAX + 1));

    ProducerRecord<byte[], byte[]> letter =
        new DeadLetterSchema().serialize(new DeadLetter(large, "TOO_LARGE", "d", ""), null, null);

    assertThat(letter.value()).hasSize(DeadLetterSchema.VALUE_BYTES_MAX);
    assertThat(headers(letter))
        .contains("knhk_bytes=" + (DeadLetterSchema.VALUE_BYTES_MAX + 1), "knhk_headers=1")
        .anyMatch(header -> header.matches("knhk_sha256=[0-9a-f]{64}"))
        .noneMatch(header -> header.startsWith("h="));
  }

  private static List<String> headers(ProducerRecord<byte[], byte[]> letter) {
    List<String> headers = new ArrayList<>();
    for (Header header : letter.headers()) {
      headers.add(header.key() + "=" + new String(header.value(), StandardCharsets.UTF_8));
    }
    return headers;
  }

  private static RawRecord record(String[] names, byte[][] values, String value) {
    return new RawRecord(
        Topics.OBSERVATIONS, 3, 42, 1_000, true, bytes("k"), names, values, true, bytes(value));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
