package io.knhk.schemas.observation;

/**
 * Why a record could not be taken as an observation. The name is what the dead letter's header
 * says.
 */
public enum RejectionReason {
  TOO_LARGE,
  INVALID_UTF8,
  INVALID_JSON,
  NESTED_TOO_DEEP,
  NOT_CLOUDEVENTS_1_0,
  UNEXPECTED_TYPE,
  MISSING_FIELD,
  INVALID_FIELD,
  UNKNOWN_SECTOR,
  NOT_FINITE,
  TOO_MANY_ATTRIBUTES,
  AHEAD_OF_TIME
}
