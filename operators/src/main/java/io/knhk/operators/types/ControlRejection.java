package io.knhk.operators.types;

/** Why a record of the control topic is a dead letter. The name is what its header says. */
public enum ControlRejection {
  /** Not a DSSE envelope. */
  NOT_AN_ENVELOPE,
  /** An envelope of something that is no control message. */
  UNEXPECTED_TYPE,
  /** A message that does not have its form, or is beyond a limit. */
  INVALID_MESSAGE,
  /** Signed by nobody whom the sector knows. */
  UNKNOWN_KEY,
  /** The signature is not that key's over this message. */
  BAD_SIGNATURE
}
