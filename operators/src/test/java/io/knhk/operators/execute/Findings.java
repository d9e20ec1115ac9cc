package io.knhk.operators.execute;

import io.knhk.operators.types.Samples;
import io.knhk.operators.types.TypeSample;
import io.knhk.schemas.detection.MismatchKind;
import io.knhk.schemas.detection.Pattern;
import io.knhk.schemas.detection.PatternKind;
import io.knhk.schemas.knowledge.Elements;
import io.knhk.schemas.observation.Attribute;
import io.knhk.schemas.observation.Datatype;
import io.knhk.schemas.observation.Observation;
import io.knhk.schemas.observation.SampledObservation;
import java.util.List;

/** Patterns of the finance sector as analyze would emit them. */
final class Findings {
  private static final String TYPE = "payment.authorised";

  private Findings() {}

  /** An attribute of a payment that no snapshot knows: answered by an addition. */
  static Pattern unknownAttribute(String attribute, double confidence, long recordedAtMs) {
    return unknownAttribute(attribute, confidence, recordedAtMs, 1);
  }

  static Pattern unknownAttribute(
      String attribute, double confidence, long recordedAtMs, long snapshotVersion) {
    return mismatch(
        MismatchKind.UNKNOWN_ATTRIBUTE,
        TYPE,
        attribute,
        Elements.attribute(TYPE, attribute),
        confidence,
        recordedAtMs,
        snapshotVersion);
  }

  /** Amounts beyond the stated range: answered by what loosens. */
  static Pattern outOfRange(long recordedAtMs) {
    return mismatch(
        MismatchKind.VALUE_OUT_OF_RANGE, TYPE, "", Elements.value(TYPE), 1.0, recordedAtMs, 1);
  }

  /** An event type that no snapshot knows. */
  static Pattern unknownType(String eventType, long recordedAtMs) {
    return mismatch(
        MismatchKind.UNKNOWN_EVENT_TYPE,
        eventType,
        "",
        Elements.type(eventType),
        1.0,
        recordedAtMs,
        1);
  }

  private static Pattern mismatch(
      MismatchKind kind,
      String eventType,
      String attribute,
      String element,
      double confidence,
      long recordedAtMs,
      long snapshotVersion) {
    return new Pattern(
        String.format("%064x", element.hashCode() * 31L + recordedAtMs),
        "finance",
        PatternKind.SCHEMA_MISMATCH,
        eventType,
        "",
        element,
        "urn:a",
        Samples.T0,
        Samples.T0 + 1_800_000,
        confidence,
        20,
        0,
        20,
        kind.name(),
        attribute,
        Datatype.DECIMAL,
        0.1,
        1_000_000,
        0,
        7,
        recordedAtMs,
        snapshotVersion,
        Samples.genesis("finance").snapshotId(),
        List.of(),
        1,
        "00".repeat(32));
  }

  /** One payment that conforms. */
  static TypeSample sample(long recordedAtMs) {
    return new TypeSample(
        "finance", TYPE, 1, 1, 0, recordedAtMs, List.of(payment(12.5, recordedAtMs, true)));
  }

  static SampledObservation payment(double value, long recordedAtMs, boolean conforms) {
    return new SampledObservation(
        new Observation(
            "finance",
            "urn:a",
            "id-" + recordedAtMs,
            Samples.T0,
            "card-2",
            TYPE,
            value,
            false,
            List.of(Attribute.ofText("currency", "EUR"))),
        0,
        recordedAtMs - Samples.T0,
        recordedAtMs,
        conforms);
  }
}
