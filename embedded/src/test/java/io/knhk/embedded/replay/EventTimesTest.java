package io.knhk.embedded.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EventTimesTest {
  @ParameterizedTest
  @CsvSource({
    "2014-07-01 00:30:00, 2014-07-01T00:30:00Z",
    "2014-07-01T00:30:00, 2014-07-01T00:30:00Z",
    "2014-07-01T00:30:00Z, 2014-07-01T00:30:00Z",
    "2014-07-01t00:30:00z, 2014-07-01T00:30:00Z",
    "2014-07-01T00:30:00.1239Z, 2014-07-01T00:30:00.123Z",
    "2014-07-01T02:30:00+02:00, 2014-07-01T00:30:00Z",
    "2014-07-01 00:30, 2014-07-01T00:30:00Z"
  })
  void shouldReadIsoAndBlankSeparatedTimesAsUtcWhenTheyNameNoOffset(String text, Instant expected) {
    assertThat(EventTimes.parse(text)).hasValue(expected.toEpochMilli());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "yesterday",
        "2014-07-01",
        "2014-13-01 00:00:00",
        "2014-07-01 24:61:00",
        "1404174600",
        "2014-07-01  00:30:00",
        "2014-07-01 00:30:00 x",
        "+999999999-12-31T23:59:59Z"
      })
  void shouldSayNothingWhenItIsNoTime(String text) {
    assertThat(EventTimes.parse(text)).isEmpty();
  }
}
