package io.knhk.schemas.detection;

/** How an observation can differ from what the sector's ontology says. */
public enum MismatchKind {
  UNKNOWN_EVENT_TYPE,
  UNKNOWN_ATTRIBUTE,
  MISSING_ATTRIBUTE,
  WRONG_DATATYPE,
  VALUE_OUT_OF_RANGE,
  ATTRIBUTE_OUT_OF_RANGE,
  VALUE_NOT_ALLOWED
}
