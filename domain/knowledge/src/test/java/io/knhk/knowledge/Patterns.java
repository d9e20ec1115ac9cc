package io.knhk.knowledge;

import io.knhk.schemas.detection.Mismatch;
import io.knhk.schemas.detection.MismatchTally;
import io.knhk.schemas.detection.Pattern;
import io.knhk.schemas.detection.PatternKind;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.Elements;
import io.knhk.schemas.observation.Attribute;
import io.knhk.schemas.observation.Datatype;
import io.knhk.schemas.observation.Observation;
import java.util.List;

/** Patterns and observations for tests. */
final class Patterns {
  private Patterns() {}

  static Observation observation(
      String sector, String eventType, double value, Attribute... attributes) {
    return new Observation(
        sector, "urn:test", "1", 1_000, "subject-1", eventType, value, false, List.of(attributes));
  }

  /** What analyze makes of mismatches that are alike. */
  static Pattern ofMismatches(CompiledSnapshot under, String eventType, List<Mismatch> alike) {
    MismatchTally tally =
        alike.stream()
            .map(m -> MismatchTally.of(m, 0, 7))
            .reduce(MismatchTally::plus)
            .orElseThrow();
    String element =
        tally.attribute().isEmpty()
            ? Elements.type(eventType)
            : Elements.attribute(eventType, tally.attribute());
    return pattern(
        under,
        PatternKind.SCHEMA_MISMATCH,
        eventType,
        "",
        element,
        (double) tally.count(),
        0,
        tally.kind().name(),
        tally.attribute(),
        tally.datatype(),
        tally.min(),
        tally.max());
  }

  static Pattern behaviour(
      CompiledSnapshot under,
      PatternKind kind,
      String eventType,
      String subject,
      double observed,
      double expected) {
    return pattern(
        under,
        kind,
        eventType,
        subject,
        Elements.type(eventType),
        observed,
        expected,
        "",
        "",
        Datatype.STRING,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY);
  }

  private static Pattern pattern(
      CompiledSnapshot under,
      PatternKind kind,
      String eventType,
      String subject,
      String element,
      double observed,
      double expected,
      String mismatch,
      String attribute,
      Datatype datatype,
      double min,
      double max) {
    return new Pattern(
        "ab".repeat(32),
        under.sector(),
        kind,
        eventType,
        subject,
        element,
        "urn:test",
        0,
        300_000,
        0.99,
        observed,
        expected,
        20,
        mismatch,
        attribute,
        datatype,
        min,
        max,
        0,
        7,
        5_000,
        under.version(),
        under.snapshotId(),
        List.of(),
        1,
        "00".repeat(32));
  }
}
