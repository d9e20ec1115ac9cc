package io.knhk.operators.archive;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.knhk.operators.types.RawRecord;
import io.knhk.schemas.Sectors;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.apache.flink.api.common.functions.MapFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes a row of each record of {@code knhk.deadletters.v1}. A dead letter is not signed and proves
 * nothing; the receipts say how many there are. One whose headers do not name its origin is kept
 * under its own position, with the reason {@link #UNREADABLE}.
 */
public final class DeadLetterReading implements MapFunction<RawRecord, ArchiveRow> {
  private static final long serialVersionUID = 1L;

  /** Reason of a dead letter that does not say where it is from. */
  public static final String UNREADABLE = "UNREADABLE";

  /** Most characters of a reason. */
  public static final int REASON_CHARS_MAX = 128;

  /** Most characters of a detail. */
  public static final int DETAIL_CHARS_MAX = 1024;

  /** Most characters of a topic, as in Kafka. */
  static final int TOPIC_CHARS_MAX = 249;

  @Override
  public ArchiveRow map(RawRecord record) {
    DeadLetterHeaders headers = DeadLetterHeaders.of(record);
    String topic = headers.text(DeadLetterHeaders.TOPIC);
    long partition = number(headers.text(DeadLetterHeaders.PARTITION), Integer.MAX_VALUE);
    long offset = number(headers.text(DeadLetterHeaders.OFFSET), Long.MAX_VALUE);
    long timestamp = number(headers.text(DeadLetterHeaders.TIMESTAMP), Long.MAX_VALUE);
    RecordPosition at = RecordPosition.of(record);
    byte @Nullable [] body = record.hasValue() ? record.value() : null;
    if (!isTopic(topic) || partition < 0 || offset < 0 || timestamp < 0) {
      return ArchiveRow.of(
          new DeadLetterRow(
              at,
              at,
              UNREADABLE,
              "expected headers that name topic, partition, offset and timestamp",
              "",
              record.recordedAtMs(),
              json(record, 0),
              body));
    }
    String sector = headers.text(DeadLetterHeaders.SECTOR);
    return ArchiveRow.of(
        new DeadLetterRow(
            at,
            new RecordPosition(topic, (int) partition, offset),
            cut(headers.text(DeadLetterHeaders.REASON), REASON_CHARS_MAX),
            cut(headers.text(DeadLetterHeaders.DETAIL), DETAIL_CHARS_MAX),
            Sectors.isKnown(sector) ? sector : "",
            timestamp,
            json(record, headers.count()),
            body));
  }

  /** Kafka's rule for a topic's name. */
  private static boolean isTopic(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean allowed =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '.'
              || c == '_'
              || c == '-';
      if (!allowed) {
        return false;
      }
    }
    return !name.isEmpty() && name.length() <= TOPIC_CHARS_MAX;
  }

  /** A number from 0 to {@code max} in decimal, else -1. */
  private static long number(String digits, long max) {
    try {
      long number = Long.parseLong(digits);
      return number <= max ? number : -1;
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static String cut(String text, int charsMax) {
    return text.length() <= charsMax ? text : text.substring(0, charsMax);
  }

  /** The headers from {@code from} on; base64 because a header's value is any bytes. */
  private static String json(RawRecord record, int from) {
    ArrayNode headers = JsonNodeFactory.instance.arrayNode();
    for (int i = from; i < record.headerNames().length; i++) {
      headers
          .addObject()
          .put("name", record.headerNames()[i])
          .put("value", record.headerValues()[i]);
    }
    return headers.toString();
  }

  /**
   * The headers that were put before the original's, each at most once: what is named a second time
   * is the original's.
   */
  private record DeadLetterHeaders(RawRecord record, int count) {
    static final String REASON = "knhk_reason";
    static final String DETAIL = "knhk_detail";
    static final String STAGE = "knhk_stage";
    static final String TOPIC = "knhk_topic";
    static final String PARTITION = "knhk_partition";
    static final String OFFSET = "knhk_offset";
    static final String TIMESTAMP = "knhk_timestamp";
    static final String SECTOR = "knhk_sector";

    private static final Set<String> NAMES =
        Set.of(REASON, DETAIL, STAGE, TOPIC, PARTITION, OFFSET, TIMESTAMP, SECTOR);

    static DeadLetterHeaders of(RawRecord record) {
      Set<String> seen = new HashSet<>();
      int count = 0;
      for (String name : record.headerNames()) {
        if (!NAMES.contains(name) || !seen.add(name)) {
          break;
        }
        count++;
      }
      return new DeadLetterHeaders(record, count);
    }

    /** Empty where there is no such header. */
    String text(String name) {
      for (int i = 0; i < count; i++) {
        if (record.headerNames()[i].equals(name)) {
          return new String(record.headerValues()[i], StandardCharsets.UTF_8);
        }
      }
      return "";
    }
  }
}
