package io.knhk.schemas.detection;

/** What analyze looks for. */
public enum PatternKind {
  /** More or fewer observations in a bucket than the key's own recent buckets let expect. */
  FREQUENCY_ANOMALY,
  /** More observations in a bucket than the snapshot allows. */
  RATE_EXCEEDED,
  /** A larger share of errors than the snapshot allows, of enough observations. */
  ERROR_SPIKE,
  /** Nothing for longer than the snapshot says there should be something. */
  ABSENCE,
  /** Values have moved away from the key's own recent values. */
  VALUE_DRIFT,
  /** Observations that do not conform to the ontology keep coming. */
  SCHEMA_MISMATCH
}
