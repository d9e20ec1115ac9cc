package io.knhk.embedded.replay;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.TemporalAccessor;
import java.util.OptionalLong;

/** Times in files: ISO-8601, or {@code yyyy-MM-dd HH:mm:ss}; UTC where no offset is given. */
final class EventTimes {
  private static final DateTimeFormatter FORMAT =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendLiteral('T')
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .optionalStart()
          .appendOffsetId()
          .optionalEnd()
          .toFormatter();

  private static final int DATE_CHARS = 10;

  private EventTimes() {}

  /** Milliseconds since the epoch; empty for what is no time, or one that a long cannot hold. */
  static OptionalLong parse(String text) {
    String iso =
        text.length() > DATE_CHARS && text.charAt(DATE_CHARS) == ' '
            ? text.substring(0, DATE_CHARS) + 'T' + text.substring(DATE_CHARS + 1)
            : text;
    try {
      TemporalAccessor parsed = FORMAT.parseBest(iso, OffsetDateTime::from, LocalDateTime::from);
      Instant instant =
          parsed instanceof OffsetDateTime offset
              ? offset.toInstant()
              : LocalDateTime.from(parsed).toInstant(ZoneOffset.UTC);
      return OptionalLong.of(instant.toEpochMilli());
    } catch (DateTimeException | ArithmeticException e) {
      return OptionalLong.empty();
    }
  }
}
