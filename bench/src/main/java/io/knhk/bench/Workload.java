package io.knhk.bench;

import io.knhk.schemas.observation.Attribute;
import io.knhk.schemas.observation.Observation;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.SplittableRandom;

/**
 * An endless, reproducible row of observations that conform to the bundled ontologies: {@link
 * #SOURCES} sources of five sectors take turns, each in event-time order. All their classes are
 * watched subject by subject, which is the dearer grain. One thread.
 */
final class Workload {
  static final int SOURCES = 8;

  /** Event time between two observations of a source: all together are ten a second. */
  static final long STEP_MS = 800;

  private static final long START_MS = 1_735_689_600_000L; // 2025-01-01
  private static final long SEED = 20_250_101;
  private static final List<String> CURRENCIES = List.of("EUR", "USD", "GBP", "CHF", "JPY");
  private static final List<String> PHASES = List.of("L1", "L2", "L3");

  private final int subjectsPerSource;
  private final SplittableRandom random = new SplittableRandom(SEED);
  private long next;

  /**
   * @param keys subjects of all sources together, at least {@link #SOURCES}
   */
  Workload(int keys) {
    if (keys < SOURCES) {
      throw new IllegalArgumentException(
          "expected a subject for each source: keys=" + keys + ", limit=" + SOURCES);
    }
    this.subjectsPerSource = keys / SOURCES;
  }

  /** Which source comes next, 0 to {@link #SOURCES} - 1. */
  int source() {
    return (int) (next % SOURCES);
  }

  Observation next() {
    int source = source();
    long turn = next / SOURCES;
    next++;
    int subject = random.nextInt(subjectsPerSource);
    double noise = random.nextDouble();
    long timeMs = START_MS + turn * STEP_MS;
    return switch (source) {
      case 0, 1 -> payment(source, turn, timeMs, subject, noise);
      case 2, 3 ->
          observation(
              "manufacturing",
              source,
              turn,
              timeMs,
              "machine-" + subject,
              "machine.temperature",
              80 + 5 * noise,
              List.of(
                  Attribute.ofText("machine", "press"), Attribute.ofText("component", "bearing")));
      case 4, 5 -> position(source, turn, timeMs, subject, noise);
      case 6 ->
          observation(
              "energy",
              source,
              turn,
              timeMs,
              "meter-" + subject,
              "meter.reading",
              1 + noise,
              List.of(
                  Attribute.ofText("phase", PHASES.get(subject % PHASES.size())),
                  Attribute.ofText("tariff", "day")));
      default ->
          observation(
              "healthcare",
              source,
              turn,
              timeMs,
              "patient-" + subject,
              "vital.blood_glucose",
              5 + noise,
              List.of(Attribute.ofText("ward", "w" + subject % 10)));
    };
  }

  private static Observation payment(
      int source, long turn, long timeMs, int subject, double noise) {
    return observation(
        "finance",
        source,
        turn,
        timeMs,
        "account-" + subject,
        "payment.authorised",
        20 + 30 * noise,
        List.of(
            Attribute.ofText("currency", CURRENCIES.get(subject % CURRENCIES.size())),
            Attribute.ofText("merchant_category", "grocery"),
            Attribute.ofText("channel", "pos")));
  }

  private static Observation position(
      int source, long turn, long timeMs, int subject, double noise) {
    return observation(
        "logistics",
        source,
        turn,
        timeMs,
        "vehicle-" + subject,
        "vehicle.position",
        50 + 30 * noise,
        List.of(
            decimal("latitude", 48 + noise),
            decimal("longitude", 11 + noise),
            decimal("heading", 90)));
  }

  private static Observation observation(
      String sector,
      int source,
      long turn,
      long timeMs,
      String subject,
      String eventType,
      double value,
      List<Attribute> attributes) {
    return new Observation(
        sector,
        "urn:bench:" + source,
        Long.toString(turn),
        timeMs,
        subject,
        eventType,
        rounded(value).doubleValue(),
        false,
        attributes);
  }

  private static Attribute decimal(String name, double number) {
    BigDecimal digits = rounded(number);
    return Attribute.ofNumber(name, digits.toPlainString(), digits.doubleValue(), false);
  }

  private static BigDecimal rounded(double number) {
    return BigDecimal.valueOf(number).setScale(2, RoundingMode.HALF_UP);
  }
}
