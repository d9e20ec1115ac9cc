package io.knhk.schemas.detection;

import io.knhk.schemas.observation.Datatype;
import java.util.List;

/**
 * A finding together with the evidence for it; what plan works from and a PatternDetected receipt
 * is about.
 *
 * @param id SHA-256 of the canonical content, 64 hex digits
 * @param subject key of the entity where subjects are watched, else the empty string
 * @param element what of the ontology it is about, see {@link io.knhk.schemas.knowledge.Elements}
 * @param source whose event time the window is in
 * @param mismatch name of the {@link MismatchKind} for a SCHEMA_MISMATCH, else the empty string
 * @param attribute the attribute a mismatch is about, else the empty string
 * @param datatype of the values that did not conform
 * @param min smallest of the numbers that did not conform, +infinity when there is none
 * @param max largest of them, -infinity when there is none
 * @param recordedAtMs largest LogAppendTime among the evidence
 * @param snapshotVersion of the sector's snapshot that it was seen under
 * @param snapshotId of the same
 * @param causes subjects of at most {@link #CAUSES_MAX} ObservationIngested runs, the latest
 * @param runs how many runs there were in all
 * @param runsRoot RFC 9162 Merkle root of the names of all of them, 64 hex digits
 */
public record Pattern(
    String id,
    String sector,
    PatternKind kind,
    String eventType,
    String subject,
    String element,
    String source,
    long windowStartMs,
    long windowEndMs,
    double confidence,
    double observed,
    double expected,
    long count,
    String mismatch,
    String attribute,
    Datatype datatype,
    double min,
    double max,
    int samplePartition,
    long sampleOffset,
    long recordedAtMs,
    long snapshotVersion,
    String snapshotId,
    List<String> causes,
    long runs,
    String runsRoot) {
  public static final int CAUSES_MAX = 64;
}
