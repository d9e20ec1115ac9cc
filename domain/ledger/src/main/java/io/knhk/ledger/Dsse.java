package io.knhk.ledger;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * The Dead Simple Signing Envelope (secure-systems-lab/dsse, protocol and envelope, version 1.0.0),
 * with one signature and one encoding.
 */
public final class Dsse {
  /** Most bytes of a payload. */
  public static final int PAYLOAD_BYTES_MAX = 1024 * 1024;

  /**
   * Most bytes of a signature. Ed25519's have 64: the rest is room to be refused by the verifier,
   * not by the parser.
   */
  public static final int SIGNATURE_BYTES_MAX = 128;

  /** Most characters of a payload type. */
  public static final int PAYLOAD_TYPE_CHARS_MAX = 128;

  private static final Pattern PAYLOAD_TYPE = Pattern.compile("[a-z0-9][a-z0-9.+/_-]{0,127}");
  private static final Pattern KEY_ID = Pattern.compile("[0-9a-f]{64}");

  private static final String BEFORE_TYPE = "{\"payloadType\":\"";
  private static final String BEFORE_PAYLOAD = "\",\"payload\":\"";
  private static final String BEFORE_KEY_ID = "\",\"signatures\":[{\"keyid\":\"";
  private static final String BEFORE_SIGNATURE = "\",\"sig\":\"";
  private static final String END = "\"}]}";

  private static final int JSON_BYTES_MAX =
      (PAYLOAD_BYTES_MAX + SIGNATURE_BYTES_MAX) / 3 * 4 + PAYLOAD_TYPE_CHARS_MAX + 256;

  private Dsse() {}

  /**
   * The pre-authentication encoding, which is what is signed: {@code DSSEv1 <length> <payloadType>
   * <length> <payload>}, lengths in bytes and in decimal.
   */
  public static byte[] pae(String payloadType, byte[] payload) {
    byte[] type = payloadType.getBytes(StandardCharsets.UTF_8);
    byte[] start = ("DSSEv1 " + type.length + " ").getBytes(StandardCharsets.US_ASCII);
    byte[] middle = (" " + payload.length + " ").getBytes(StandardCharsets.US_ASCII);
    byte[] out = new byte[start.length + type.length + middle.length + payload.length];
    int at = 0;
    for (byte[] part : new byte[][] {start, type, middle, payload}) {
      System.arraycopy(part, 0, out, at, part.length);
      at += part.length;
    }
    return out;
  }

  /** Signs a payload. Deterministic: the same key and payload give the same envelope. */
  public static Envelope sign(SigningKey key, String payloadType, byte[] payload) {
    return new Envelope(
        payloadType, payload, key.publicKey().keyId(), key.sign(pae(payloadType, payload)));
  }

  /**
   * A payload, its type, and one signature over both.
   *
   * @param payloadType a media type in lower case, at most {@link #PAYLOAD_TYPE_CHARS_MAX}
   *     characters
   * @param payload at most {@link #PAYLOAD_BYTES_MAX}
   * @param keyId of the {@link VerifyingKey} that is said to have signed, 64 hex digits
   * @param signature at most {@link #SIGNATURE_BYTES_MAX}; an envelope that can be read is not
   *     thereby verified
   */
  @SuppressWarnings(
      "ArrayRecordComponent") // Copied on the way in and out, and compared by content.
  public record Envelope(String payloadType, byte[] payload, String keyId, byte[] signature) {
    public Envelope {
      if (!PAYLOAD_TYPE.matcher(payloadType).matches()) {
        throw new IllegalArgumentException(
            "expected a media type in lower case: payloadType="
                + Texts.shown(payloadType)
                + ", limit="
                + PAYLOAD_TYPE_CHARS_MAX);
      }
      if (payload.length > PAYLOAD_BYTES_MAX) {
        throw new IllegalArgumentException(
            "expected a payload within the limit: bytes="
                + payload.length
                + ", limit="
                + PAYLOAD_BYTES_MAX);
      }
      if (!KEY_ID.matcher(keyId).matches()) {
        throw new IllegalArgumentException(
            "expected 64 hex digits in lower case: keyid=" + Texts.shown(keyId));
      }
      if (signature.length > SIGNATURE_BYTES_MAX) {
        throw new IllegalArgumentException(
            "expected a signature within the limit: bytes="
                + signature.length
                + ", limit="
                + SIGNATURE_BYTES_MAX);
      }
      payload = payload.clone();
      signature = signature.clone();
    }

    /**
     * Reads {@link #toJson}'s form and no other.
     *
     * @throws LedgerFormatException if another encoder, white space, a second signature, unpadded
     *     base64 or anything else would make the envelope encode to other bytes, or a limit is
     *     broken
     */
    public static Envelope parse(byte[] json) throws LedgerFormatException {
      if (json.length > JSON_BYTES_MAX) {
        throw new LedgerFormatException(
            "expected an envelope within the limit: bytes="
                + json.length
                + ", limit="
                + JSON_BYTES_MAX);
      }
      Envelope envelope = read(new String(json, StandardCharsets.ISO_8859_1));
      if (!Arrays.equals(envelope.toJson(), json)) {
        throw new LedgerFormatException(
            "expected an envelope that encodes to the same bytes: bytes=" + json.length);
      }
      return envelope;
    }

    /**
     * One line without an end: {@code
     * {"payloadType":..,"payload":base64,"signatures":[{"keyid":..,"sig":base64}]}}.
     */
    public byte[] toJson() {
      Base64.Encoder base64 = Base64.getEncoder();
      String json =
          BEFORE_TYPE
              + payloadType
              + BEFORE_PAYLOAD
              + base64.encodeToString(payload)
              + BEFORE_KEY_ID
              + keyId
              + BEFORE_SIGNATURE
              + base64.encodeToString(signature)
              + END;
      return json.getBytes(StandardCharsets.US_ASCII);
    }

    /** What was signed. */
    public byte[] pae() {
      return Dsse.pae(payloadType, payload);
    }

    /** True if the payload is of this type and one of these keys signed both. */
    public boolean isSigned(String expectedType, KeyRing keys) {
      return payloadType.equals(expectedType)
          && keys.find(keyId).map(key -> key.verify(pae(), signature)).orElse(false);
    }

    /** A copy. */
    @Override
    public byte[] payload() {
      return payload.clone();
    }

    /** A copy. */
    @Override
    public byte[] signature() {
      return signature.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Envelope that
          && payloadType.equals(that.payloadType)
          && Arrays.equals(payload, that.payload)
          && keyId.equals(that.keyId)
          && Arrays.equals(signature, that.signature);
    }

    @Override
    public int hashCode() {
      return 31 * Arrays.hashCode(payload) + Arrays.hashCode(signature);
    }

    @Override
    public String toString() {
      return "Envelope[payloadType="
          + payloadType
          + ", bytes="
          + payload.length
          + ", keyId="
          + keyId
          + "]";
    }

    private static Envelope read(String json) throws LedgerFormatException {
      int type = expect(json, BEFORE_TYPE, 0);
      int typeEnd = find(json, BEFORE_PAYLOAD, type);
      int payload = typeEnd + BEFORE_PAYLOAD.length();
      int payloadEnd = find(json, BEFORE_KEY_ID, payload);
      int keyId = payloadEnd + BEFORE_KEY_ID.length();
      int keyIdEnd = find(json, BEFORE_SIGNATURE, keyId);
      int signature = keyIdEnd + BEFORE_SIGNATURE.length();
      int signatureEnd = find(json, END, signature);
      if (signatureEnd + END.length() != json.length()) {
        throw new LedgerFormatException(
            "expected nothing after the envelope: offset="
                + (signatureEnd + END.length())
                + ", bytes="
                + json.length());
      }
      try {
        return new Envelope(
            json.substring(type, typeEnd),
            Base64.getDecoder().decode(json.substring(payload, payloadEnd)),
            json.substring(keyId, keyIdEnd),
            Base64.getDecoder().decode(json.substring(signature, signatureEnd)));
      } catch (IllegalArgumentException e) {
        throw LedgerFormatException.of("an envelope", e);
      }
    }

    private static int expect(String json, String part, int offset) throws LedgerFormatException {
      if (!json.startsWith(part, offset)) {
        throw missing(part, offset);
      }
      return offset + part.length();
    }

    private static int find(String json, String part, int from) throws LedgerFormatException {
      int at = json.indexOf(part, from);
      if (at < 0) {
        throw missing(part, from);
      }
      return at;
    }

    private static LedgerFormatException missing(String part, int offset) {
      return new LedgerFormatException(
          "expected an envelope: offset=" + offset + ", missing=" + part);
    }
  }
}
