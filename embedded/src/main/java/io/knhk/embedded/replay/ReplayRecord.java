package io.knhk.embedded.replay;

import java.nio.charset.StandardCharsets;

/**
 * What is sent for one row.
 *
 * @param folder the sector whose folder the row is in
 * @param number of the row within its folder, from 0 in event-time order
 * @param timeMs event time
 * @param key of the Kafka record
 * @param sector that the event says it is of, empty where it is no event
 * @param source of the event, empty where it is no event
 * @param value of the Kafka record
 * @param malformed whether the row makes no observation; the loop is to reject it
 */
@SuppressWarnings("ArrayRecordComponent") // passed along, never compared or changed
record ReplayRecord(
    String folder,
    long number,
    long timeMs,
    String key,
    String sector,
    String source,
    byte[] value,
    boolean malformed) {

  byte[] keyBytes() {
    return key.getBytes(StandardCharsets.UTF_8);
  }

  /** Who observed what stands in the CSV files of a sector's folder. */
  static String source(String replayId, String sector) {
    return "urn:knhk:replay:" + replayId + ":" + sector;
  }
}
