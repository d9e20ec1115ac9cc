package io.knhk.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HexFormat;

/** The deterministic ids of what receipts are about. */
public final class Subjects {
  private Subjects() {}

  /**
   * The id of something known by its content (pattern, proposal, verdict, snapshot, vote): SHA-256
   * of its canonical form, 64 hex digits.
   *
   * @throws IllegalArgumentException as {@link CanonicalJson#bytes}
   */
  public static String ofContent(JsonNode content) {
    return HexFormat.of().formatHex(Sha256.of(CanonicalJson.bytes(content)));
  }

  /** The id of a message that somebody signed: SHA-256 of its exact bytes, 64 hex digits. */
  public static String ofMessage(byte[] payload) {
    return HexFormat.of().formatHex(Sha256.of(payload));
  }

  /**
   * The id of a run of observations: {@code topic/partition/sector/firstOffset}.
   *
   * @param partition of the topic, from 0
   * @param firstOffset of the run's first observation
   */
  public static String run(String topic, int partition, String sector, long firstOffset) {
    if (topic.isEmpty()
        || topic.indexOf('/') >= 0
        || sector.isEmpty()
        || sector.indexOf('/') >= 0) {
      throw new IllegalArgumentException(
          "expected names without a slash: topic=" + topic + ", sector=" + sector);
    }
    if (partition < 0 || firstOffset < 0) {
      throw new IllegalArgumentException(
          "expected a place in a topic: partition=" + partition + ", firstOffset=" + firstOffset);
    }
    return topic + "/" + partition + "/" + sector + "/" + firstOffset;
  }
}
