package io.knhk.operators.monitor;

import io.knhk.operators.types.RawRecord;
import io.knhk.operators.types.Samples;
import io.knhk.schemas.observation.Attribute;
import io.knhk.schemas.observation.Observation;
import io.knhk.schemas.observation.ObservationCodec;
import io.knhk.schemas.observation.SourceMarker;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Records as Kafka would number them: each partition counts its own offsets. */
final class Feed {
  static final String SOURCE = "urn:test:a";
  private static final long RECORDED_AHEAD_MS = 1_000_000_000_000L;

  private final Map<Integer, Long> offsets = new HashMap<>();

  RawRecord bytes(int partition, byte[] value) {
    long offset = offsets.merge(partition, 1L, Long::sum) - 1;
    return Samples.observed(partition, offset, recordedAtMs(offset), value);
  }

  RawRecord text(int partition, String value) {
    return bytes(partition, value.getBytes(StandardCharsets.UTF_8));
  }

  /** A payment that conforms. */
  RawRecord payment(int partition, String source, long timeMs) {
    return bytes(partition, encode("finance", source, timeMs, "payment.authorised", eur()));
  }

  /** A payment with an attribute that version 1 does not know. */
  RawRecord paymentWithRisk(int partition, String source, long timeMs) {
    return bytes(
        partition,
        encode(
            "finance",
            source,
            timeMs,
            "payment.authorised",
            List.of(eur().get(0), Attribute.ofNumber("risk_score", "0.2", 0.2, false))));
  }

  /** A reading of the energy sector that conforms. */
  RawRecord reading(int partition, String source, long timeMs) {
    return bytes(partition, encode("energy", source, timeMs, "meter.reading", List.of()));
  }

  RawRecord marker(int partition, String sector, String source, long timeMs) {
    return bytes(
        partition, ObservationCodec.encodeMarker(new SourceMarker(sector, source, "end", timeMs)));
  }

  /** LogAppendTime of an offset: long after every event time that a test uses. */
  static long recordedAtMs(long offset) {
    return Samples.T0 + RECORDED_AHEAD_MS + offset;
  }

  private static List<Attribute> eur() {
    return List.of(Attribute.ofText("currency", "EUR"));
  }

  private static byte[] encode(
      String sector, String source, long timeMs, String eventType, List<Attribute> attributes) {
    return ObservationCodec.encodeStructured(
        new Observation(sector, source, "id", timeMs, "card-2", eventType, 12.5, false, attributes),
        source);
  }
}
