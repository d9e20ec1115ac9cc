package io.knhk.cli.govern;

import io.knhk.cli.CliError;
import io.knhk.ledger.Dsse;
import io.knhk.ledger.SigningKey;
import io.knhk.schemas.control.ControlContent;
import io.knhk.schemas.control.ControlKind;
import io.knhk.schemas.control.ControlMessage;
import io.knhk.schemas.control.ControlMessageCodec;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A control message with its signature, as it lies on {@link io.knhk.schemas.Topics#CONTROL}.
 *
 * @param id SHA-256 of the bytes that were signed, 64 hex digits: what receipts call the message,
 *     and the request if it is one
 */
record SignedControl(String id, ControlMessage message, Dsse.Envelope envelope) {
  /**
   * Signs a message. Before that it is read back as the loop will read it, so that what the loop
   * would not take is never sent.
   *
   * @throws io.knhk.cli.CliException if the loop would not take it: the message says why
   */
  static SignedControl of(SigningKey key, ControlMessage message) {
    ControlKind kind = message.content().kind();
    byte[] payload = ControlMessageCodec.encode(message);
    try {
      ControlMessageCodec.decode(kind, payload);
    } catch (IllegalArgumentException e) {
      throw CliError.BAD_MESSAGE.because(
          String.valueOf(e.getMessage()), "Nothing was sent. Say it within the limit.", e);
    }
    return new SignedControl(sha256(payload), message, Dsse.sign(key, kind.payloadType(), payload));
  }

  ControlContent content() {
    return message.content();
  }

  private static String sha256(byte[] payload) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(payload));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("expected SHA-256, which every JDK has", e);
    }
  }
}
