package io.knhk.operators.execute;

import io.knhk.schemas.control.ControlMessage;

/**
 * A control message whose signature was verified.
 *
 * @param id SHA-256 of the signed bytes, 64 hex digits
 * @param person name of who signed it, empty while that is not known
 */
record Received(String id, ControlMessage message, String person) {
  Received by(String name) {
    return new Received(id, message, name);
  }
}
