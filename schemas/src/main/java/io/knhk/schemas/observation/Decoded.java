package io.knhk.schemas.observation;

/** What a Kafka record turned out to be. */
public sealed interface Decoded {
  /** It is an observation. */
  record Accepted(Observation observation) implements Decoded {}

  /** It is a marker. */
  record Marked(SourceMarker marker) implements Decoded {}

  /**
   * It is neither; it goes to the dead letters.
   *
   * @param detail one line for a person: {@code expected <rule>: name=value, limit=value}
   * @param sector what the record said its sector was where that is a known one, else the empty
   *     string
   */
  record Rejected(RejectionReason reason, String detail, String sector) implements Decoded {}
}
