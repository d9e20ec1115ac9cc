package io.knhk.embedded.replay;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * The header that says which row of which replay a Kafka record is, and the set of those that are
 * there.
 */
final class ReplayOrigin {
  /** Its value is {@code <replay id>/<folder>/<number>}. */
  static final String HEADER = "knhk_replay";

  /** The folder of a replay's markers, which is no sector. */
  static final String MARKERS = "_markers";

  private final String prefix;
  private final Map<String, BitSet> seen = new HashMap<>();

  ReplayOrigin(String replayId) {
    this.prefix = replayId + "/";
  }

  Header header(String folder, long number) {
    return new RecordHeader(
        HEADER, (prefix + folder + "/" + number).getBytes(StandardCharsets.US_ASCII));
  }

  /** Remembers a record that is in the topic, when it is of this replay. */
  void saw(@Nullable Header header) {
    if (header == null || header.value() == null) {
      return;
    }
    String text = new String(header.value(), StandardCharsets.US_ASCII);
    int slash = text.lastIndexOf('/');
    if (!text.startsWith(prefix) || slash < prefix.length()) {
      return;
    }
    try {
      int number = Integer.parseInt(text, slash + 1, text.length(), 10);
      if (number >= 0) {
        seen.computeIfAbsent(text.substring(prefix.length(), slash), folder -> new BitSet())
            .set(number);
      }
    } catch (NumberFormatException e) {
      // Somebody else's header of the same name.
    }
  }

  boolean has(String folder, long number) {
    BitSet numbers = seen.get(folder);
    return numbers != null && number <= Integer.MAX_VALUE && numbers.get((int) number);
  }
}
