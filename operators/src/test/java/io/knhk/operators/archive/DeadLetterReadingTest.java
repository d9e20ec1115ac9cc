package io.knhk.operators.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.operators.types.RawRecord;
import io.knhk.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeadLetterReadingTest {
  private final List<String> names = new ArrayList<>();
  private final List<byte[]> values = new ArrayList<>();

  @Test
  void shouldNameTheOriginalWhenHeadersAreWhole() {
    complete();
    header("ce_id", "1");
    header("knhk_reason", "the original's own");

    DeadLetterRow row = read("bytes");

    assertThat(row.origin())
        .isEqualTo(new RecordPosition("knhk.observations.v1", 3, 4_000_000_000L));
    assertThat(row.at()).isEqualTo(new RecordPosition(Topics.DEAD_LETTERS, 1, 17));
    assertThat(row.reason()).isEqualTo("INVALID_JSON");
    assertThat(row.detail()).isEqualTo("expected JSON");
    assertThat(row.sector()).isEqualTo("finance");
    assertThat(row.recordedAtMs()).isEqualTo(1234);
    assertThat(row.body()).isEqualTo("bytes".getBytes(StandardCharsets.UTF_8));
    assertThat(row.headers())
        .isEqualTo(
            "[{\"name\":\"ce_id\",\"value\":\"MQ==\"},"
                + "{\"name\":\"knhk_reason\",\"value\":\"dGhlIG9yaWdpbmFsJ3Mgb3du\"}]");
  }

  @Test
  void shouldHaveNoBodyWhenTheOriginalHadNone() {
    complete();

    assertThat(read(null).body()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "knhk_partition,2147483648",
    "knhk_partition,x",
    "knhk_offset,-1",
    "knhk_timestamp,''",
    "knhk_topic,''",
    "knhk_topic,a topic"
  })
  void shouldKeepItUnderItsOwnPositionWhenAHeaderCannotBeRead(String name, String value) {
    complete();
    values.set(names.indexOf(name), value.getBytes(StandardCharsets.UTF_8));

    assertUnreadable();
  }

  @Test
  void shouldKeepItUnderItsOwnPositionWhenThereAreNoHeaders() {
    assertUnreadable();
  }

  @Test
  void shouldKeepItUnderItsOwnPositionWhenTopicHoldsNulOrIsTooLong() {
    complete();
    values.set(names.indexOf("knhk_topic"), new byte[] {'a', 0});
    assertUnreadable();
    values.set(names.indexOf("knhk_topic"), "t".repeat(250).getBytes(StandardCharsets.UTF_8));
    assertUnreadable();
  }

  @Test
  void shouldCutTextsWhenTheyAreLong() {
    complete();
    values.set(names.indexOf("knhk_reason"), "r".repeat(100_000).getBytes(StandardCharsets.UTF_8));
    values.set(names.indexOf("knhk_detail"), "d".repeat(100_000).getBytes(StandardCharsets.UTF_8));
    values.set(names.indexOf("knhk_sector"), "s".repeat(100_000).getBytes(StandardCharsets.UTF_8));

    DeadLetterRow row = read("");

    assertThat(row.reason()).hasSize(DeadLetterReading.REASON_CHARS_MAX);
    assertThat(row.detail()).hasSize(DeadLetterReading.DETAIL_CHARS_MAX);
    assertThat(row.sector()).isEmpty();
  }

  private void assertUnreadable() {
    DeadLetterRow row = read("bytes");
    assertThat(row.reason()).isEqualTo(DeadLetterReading.UNREADABLE);
    assertThat(row.origin()).isEqualTo(row.at());
    assertThat(row.recordedAtMs()).isEqualTo(99);
    assertThat(row.body()).isNotEmpty();
  }

  private void complete() {
    header("knhk_reason", "INVALID_JSON");
    header("knhk_detail", "expected JSON");
    header("knhk_stage", "monitor");
    header("knhk_topic", "knhk.observations.v1");
    header("knhk_partition", "3");
    header("knhk_offset", "4000000000");
    header("knhk_timestamp", "1234");
    header("knhk_sector", "finance");
  }

  private void header(String name, String value) {
    names.add(name);
    values.add(value.getBytes(StandardCharsets.UTF_8));
  }

  private DeadLetterRow read(String value) {
    return new DeadLetterReading()
        .map(
            new RawRecord(
                Topics.DEAD_LETTERS,
                1,
                17,
                99,
                false,
                new byte[0],
                names.toArray(String[]::new),
                values.toArray(byte[][]::new),
                value != null,
                value == null ? new byte[0] : value.getBytes(StandardCharsets.UTF_8)))
        .deadLetter();
  }
}
