package io.knhk.embedded.savepoint;

import io.knhk.schemas.Topics;
import io.knhk.schemas.observation.Attribute;
import io.knhk.schemas.observation.Observation;
import io.knhk.schemas.observation.ObservationCodec;
import io.knhk.schemas.observation.SourceMarker;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Observations of the bundled ontologies, a minute of event time apart in each sector. A sector has
 * one source and one partition.
 */
final class Feed {
  /** As far as a feed comes, another goes on from: in minutes. */
  private static final Instant START = Instant.parse("2015-01-01T00:00:00Z");

  private static final long MINUTE_MS = 60_000;
  private static final int SUBJECTS = 5;

  private final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
  private long minute;

  /**
   * @param minute of event time to begin with
   */
  Feed(long minute) {
    this.minute = minute;
  }

  /** Takes what was added since the last call. */
  List<ProducerRecord<byte[], byte[]>> take() {
    List<ProducerRecord<byte[], byte[]>> taken = List.copyOf(records);
    records.clear();
    return taken;
  }

  /** Payments that conform. */
  Feed payments(int count) {
    return payments(count, 12.5, List.of());
  }

  /** Payments with an attribute that version 1 does not know. */
  Feed paymentsWithRisk(int count) {
    return payments(count, 12.5, List.of(Attribute.ofNumber("risk_score", "0.2", 0.2, false)));
  }

  /** Payments in cents where euros are meant, beyond the range that is stated. */
  Feed paymentsInCents(int count) {
    return payments(count, 1_250_000, List.of());
  }

  Feed heartRates(int count) {
    return add(count, "healthcare", "vital.heart_rate", 72, List.of());
  }

  Feed meterReadings(int count) {
    return add(count, "energy", "meter.reading", 1.5, List.of());
  }

  /** Of a type that version 1 does not know. */
  Feed occupancies(int count) {
    return add(count, "logistics", "traffic.occupancy", 30, List.of());
  }

  /** Says that the sector's source has sent everything so far. */
  Feed end(String sector) {
    long timeMs = START.toEpochMilli() + minute * MINUTE_MS;
    String source = source(sector);
    records.add(
        record(
            partition(sector),
            source,
            ObservationCodec.encodeMarker(
                new SourceMarker(sector, source, "end-" + minute, timeMs))));
    return this;
  }

  /** A record that is no observation, in the partition of a sector. */
  Feed nonsense(String sector) {
    records.add(
        record(
            partition(sector), source(sector), "no observation".getBytes(StandardCharsets.UTF_8)));
    return this;
  }

  private Feed payments(int count, double value, List<Attribute> more) {
    List<Attribute> attributes = new ArrayList<>();
    attributes.add(Attribute.ofText("currency", "EUR"));
    attributes.addAll(more);
    return add(count, "finance", "payment.authorised", value, attributes);
  }

  private Feed add(
      int count, String sector, String eventType, double value, List<Attribute> attributes) {
    String source = source(sector);
    for (int i = 0; i < count; i++) {
      minute++;
      Observation observation =
          new Observation(
              sector,
              source,
              "at-" + minute,
              START.toEpochMilli() + minute * MINUTE_MS,
              "subject-" + i % SUBJECTS,
              eventType,
              value,
              false,
              attributes);
      records.add(
          record(
              partition(sector), source, ObservationCodec.encodeStructured(observation, source)));
    }
    return this;
  }

  private static ProducerRecord<byte[], byte[]> record(int partition, String key, byte[] value) {
    return new ProducerRecord<>(
        Topics.OBSERVATIONS, partition, key.getBytes(StandardCharsets.UTF_8), value);
  }

  private static String source(String sector) {
    return "urn:test:" + sector;
  }

  private static int partition(String sector) {
    return switch (sector) {
      case "finance" -> 0;
      case "healthcare" -> 1;
      case "energy" -> 2;
      default -> 3;
    };
  }
}
