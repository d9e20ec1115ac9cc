package io.knhk.operators.analyze;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.ledger.Subjects;
import io.knhk.schemas.detection.Finding;
import io.knhk.schemas.detection.MismatchKind;
import io.knhk.schemas.detection.MismatchTally;
import io.knhk.schemas.detection.Pattern;
import io.knhk.schemas.detection.PatternKind;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.Elements;
import io.knhk.schemas.observation.Datatype;
import io.knhk.schemas.receipt.Operation;
import io.knhk.schemas.receipt.ReceiptDraft;

/** Turns a finding into a pattern with an id, and a pattern into its receipt. */
final class Patterns {
  private static final MismatchTally NO_MISMATCH =
      new MismatchTally(
          MismatchKind.UNKNOWN_EVENT_TYPE,
          "",
          Datatype.STRING,
          1,
          Double.POSITIVE_INFINITY,
          Double.NEGATIVE_INFINITY,
          0,
          0);

  private Patterns() {}

  static Pattern of(WatchKey key, Finding finding, WatchState evidence, CompiledSnapshot snapshot) {
    MismatchTally tally = finding.mismatch();
    MismatchTally mismatch = tally == null ? NO_MISMATCH : tally;
    Pattern unnamed =
        new Pattern(
            "",
            key.sector(),
            finding.kind(),
            key.eventType(),
            key.subject(),
            element(key.eventType(), finding.kind(), tally),
            key.source(),
            finding.windowStartMs(),
            finding.windowEndMs(),
            finding.confidence(),
            finding.observed(),
            finding.expected(),
            finding.count(),
            tally == null ? "" : tally.kind().name(),
            mismatch.attribute(),
            mismatch.datatype(),
            mismatch.min(),
            mismatch.max(),
            mismatch.samplePartition(),
            mismatch.sampleOffset(),
            evidence.detectors().lastRecordedAtMs(),
            snapshot.version(),
            snapshot.snapshotId(),
            evidence.lineage().latest(),
            evidence.lineage().count(),
            evidence.lineage().rootHex());
    ObjectNode content = evidence(unnamed);
    content.put("sector", unnamed.sector());
    content.put("snapshotId", unnamed.snapshotId());
    ArrayNode causes = content.putArray("causes");
    unnamed.causes().forEach(causes::add);
    return named(unnamed, Subjects.ofContent(content));
  }

  static ReceiptDraft receipt(Pattern pattern) {
    return new ReceiptDraft(
        pattern.sector(),
        Operation.PatternDetected,
        pattern.windowEndMs(),
        pattern.recordedAtMs(),
        "detected",
        pattern.id(),
        pattern.snapshotId(),
        pattern.causes(),
        evidence(pattern).toString());
  }

  private static String element(
      String eventType, PatternKind kind, @org.jspecify.annotations.Nullable MismatchTally tally) {
    return switch (kind) {
      case FREQUENCY_ANOMALY, RATE_EXCEEDED -> Elements.guard(eventType, "rate");
      case ERROR_SPIKE -> Elements.guard(eventType, "error");
      case ABSENCE -> Elements.guard(eventType, "heartbeat");
      case VALUE_DRIFT -> Elements.guard(eventType, "drift");
      case SCHEMA_MISMATCH -> tally == null ? eventType : element(eventType, tally);
    };
  }

  private static String element(String eventType, MismatchTally tally) {
    return switch (tally.kind()) {
      case UNKNOWN_EVENT_TYPE -> Elements.type(eventType);
      case VALUE_OUT_OF_RANGE -> Elements.value(eventType);
      case UNKNOWN_ATTRIBUTE,
          MISSING_ATTRIBUTE,
          WRONG_DATATYPE,
          ATTRIBUTE_OUT_OF_RANGE,
          VALUE_NOT_ALLOWED ->
          Elements.attribute(eventType, tally.attribute());
    };
  }

  private static ObjectNode evidence(Pattern pattern) {
    ObjectNode evidence = JsonNodeFactory.instance.objectNode();
    evidence.put("kind", pattern.kind().name());
    evidence.put("eventType", pattern.eventType());
    evidence.put("subject", pattern.subject());
    evidence.put("element", pattern.element());
    evidence.put("source", pattern.source());
    evidence.put("windowStartMs", pattern.windowStartMs());
    evidence.put("windowEndMs", pattern.windowEndMs());
    evidence.put("confidence", pattern.confidence());
    putFinite(evidence, "observed", pattern.observed());
    putFinite(evidence, "expected", pattern.expected());
    evidence.put("count", pattern.count());
    if (!pattern.mismatch().isEmpty()) {
      evidence.put("mismatch", pattern.mismatch());
      evidence.put("attribute", pattern.attribute());
      evidence.put("datatype", pattern.datatype().xsdName());
      putFinite(evidence, "min", pattern.min());
      putFinite(evidence, "max", pattern.max());
      evidence.put("samplePartition", pattern.samplePartition());
      evidence.put("sampleOffset", pattern.sampleOffset());
    }
    evidence.put("snapshotVersion", pattern.snapshotVersion());
    evidence.put("runs", pattern.runs());
    evidence.put("runsRoot", pattern.runsRoot());
    return evidence;
  }

  private static void putFinite(ObjectNode node, String name, double value) {
    if (Double.isFinite(value)) {
      node.put(name, value);
    }
  }

  private static Pattern named(Pattern p, String id) {
    return new Pattern(
        id,
        p.sector(),
        p.kind(),
        p.eventType(),
        p.subject(),
        p.element(),
        p.source(),
        p.windowStartMs(),
        p.windowEndMs(),
        p.confidence(),
        p.observed(),
        p.expected(),
        p.count(),
        p.mismatch(),
        p.attribute(),
        p.datatype(),
        p.min(),
        p.max(),
        p.samplePartition(),
        p.sampleOffset(),
        p.recordedAtMs(),
        p.snapshotVersion(),
        p.snapshotId(),
        p.causes(),
        p.runs(),
        p.runsRoot());
  }
}
