package io.knhk.schemas.observation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Rfc3339Test {
  private static final DateTimeFormatter MILLIS =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendLiteral('T')
          .appendPattern("HH:mm:ss")
          .appendFraction(ChronoField.MILLI_OF_SECOND, 3, 3, true)
          .appendLiteral('Z')
          .toFormatter();

  @Property
  void shouldAgreeWithJavaTimeWhenATimeIsParsed(
      @ForAll @LongRange(min = -62_167_132_800L, max = 253_402_214_399L) long second,
      @ForAll @IntRange(max = 999_999_999) int nanos,
      @ForAll @IntRange(max = 9) int digits,
      @ForAll @IntRange(min = -1_079, max = 1_079) int offsetMinutes) {
    long unit = (long) Math.pow(10, 9 - digits);
    OffsetDateTime time =
        Instant.ofEpochSecond(second, nanos / unit * unit)
            .atOffset(ZoneOffset.ofTotalSeconds(offsetMinutes * 60));
    DateTimeFormatterBuilder formatter =
        new DateTimeFormatterBuilder().appendPattern("uuuu-MM-dd'T'HH:mm:ss");
    if (digits > 0) {
      formatter.appendFraction(ChronoField.NANO_OF_SECOND, digits, digits, true);
    }
    String text = time.format(formatter.appendOffset("+HH:MM", "Z").toFormatter());
    assertThat(Rfc3339.parse(text)).as(text).isEqualTo(time.toInstant().toEpochMilli());
  }

  @Property
  void shouldReadWhatItWrites(
      @ForAll @LongRange(min = Rfc3339.MIN_MS, max = Rfc3339.MAX_MS) long timeMs) {
    String text = Rfc3339.format(timeMs);
    assertThat(text)
        .isEqualTo(Instant.ofEpochMilli(timeMs).atOffset(ZoneOffset.UTC).format(MILLIS));
    assertThat(Rfc3339.parse(text)).isEqualTo(timeMs);
  }

  @Property
  void shouldAcceptNothingThatJavaTimeRefusesWhenTextIsNearlyATime(
      @ForAll @IntRange(max = 23) int at, @ForAll @CharRange(from = ' ', to = '~') char c) {
    StringBuilder text = new StringBuilder("2016-02-29T23:59:59.999Z");
    text.setCharAt(at, c);
    long parsed = Rfc3339.parse(text.toString());
    try {
      long expected = OffsetDateTime.parse(text).toInstant().toEpochMilli();
      assertThat(parsed).as(text.toString()).isEqualTo(expected);
    } catch (DateTimeParseException e) {
      assertThat(parsed).as(text.toString()).isEqualTo(Rfc3339.INVALID);
    }
  }

  @Property
  void shouldNotThrowWhateverTheTextIs(
      @ForAll @StringLength(max = 40) @CharRange(from = '\0', to = '\uffff') String text) {
    assertThat(Rfc3339.parse(text)).isEqualTo(Rfc3339.INVALID);
  }

  @Test
  void shouldKnowEveryDayOfFourCenturies() {
    LocalDateTime day = LocalDateTime.of(1799, 12, 31, 12, 0);
    for (int i = 0; i < 146_200; i++) {
      long timeMs = day.toInstant(ZoneOffset.UTC).toEpochMilli();
      String text = day.format(MILLIS);
      assertThat(Rfc3339.parse(text)).isEqualTo(timeMs);
      assertThat(Rfc3339.format(timeMs)).isEqualTo(text);
      day = day.plusDays(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1970-01-01T00:00:00Z, 0",
    "1969-12-31T23:59:59.9999Z, -1",
    "2015-09-01t00:00:00z, 1441065600000",
    "2015-09-01T02:00:00+02:00, 1441065600000",
    "2015-08-31T12:01:00-11:59, 1441065600000",
    "2015-09-01T00:00:00-00:00, 1441065600000",
    "0000-01-01T00:00:00Z, -62167219200000",
    "9999-12-31T23:59:59.999Z, 253402300799999"
  })
  void shouldParseWhenTheTimeIsValid(String text, long expected) {
    assertThat(Rfc3339.parse(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2015-09-01",
        "2015-09-01T00:00:00",
        "2015-09-01 00:00:00Z",
        "2015-09-01T00:00Z",
        "2015-09-01T00:00:00.Z",
        "2015-09-01T00:00:00,5Z",
        "2015-09-01T00:00:00.0123456789Z",
        "2015-09-01T00:00:60Z",
        "2015-09-01T24:00:00Z",
        "2015-09-01T00:60:00Z",
        "2015-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2015-04-31T00:00:00Z",
        "2015-00-01T00:00:00Z",
        "2015-13-01T00:00:00Z",
        "2015-01-00T00:00:00Z",
        "+2015-01-01T00:00:00Z",
        "-015-01-01T00:00:00Z",
        "2015-01-01T00:00:00+0100",
        "2015-01-01T00:00:00+01",
        "2015-01-01T00:00:00+24:00",
        "2015-01-01T00:00:00+01:60",
        "2015-01-01T00:00:00 01:00",
        "2015-01-01T00:00:00Z ",
        "２015-01-01T00:00:00Z"
      })
  void shouldRefuseWhenTheTimeIsInvalid(String text) {
    assertThat(Rfc3339.parse(text)).isEqualTo(Rfc3339.INVALID);
  }

  @Test
  void shouldRefuseToFormatWhenTheYearHasNoFourDigits() {
    assertThatIllegalArgumentException().isThrownBy(() -> Rfc3339.format(Rfc3339.MAX_MS + 1));
    assertThatIllegalArgumentException().isThrownBy(() -> Rfc3339.format(Rfc3339.MIN_MS - 1));
  }
}
