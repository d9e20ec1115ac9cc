package io.knhk.ledger;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * An Ed25519 public key that was fully validated when it was made: canonically encoded, on the
 * curve, and in the prime-order group, so neither small nor mixed. Immutable.
 */
public final class VerifyingKey {
  /** Bytes of a key. */
  public static final int BYTES = Ed25519.PUBLIC_KEY_SIZE;

  /** Bytes of a signature. */
  public static final int SIGNATURE_BYTES = Ed25519.SIGNATURE_SIZE;

  private static final String LABEL = "PUBLIC KEY";

  /** SubjectPublicKeyInfo, algorithm 1.3.101.112, and the bit string (RFC 8410, section 4). */
  private static final byte[] PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  private final byte[] bytes;
  private final Ed25519.PublicPoint point;
  private final String keyId;

  private VerifyingKey(byte[] bytes, Ed25519.PublicPoint point) {
    this.bytes = bytes;
    this.point = point;
    this.keyId = HexFormat.of().formatHex(Sha256.of(bytes));
  }

  /**
   * The key with these bytes (RFC 8032, section 5.1.5).
   *
   * @param bytes {@link #BYTES} long
   * @throws LedgerFormatException if they are not a point that may verify
   */
  public static VerifyingKey of(byte[] bytes) throws LedgerFormatException {
    if (bytes.length != BYTES) {
      throw new LedgerFormatException(
          "expected an Ed25519 public key: bytes=" + bytes.length + ", limit=" + BYTES);
    }
    byte[] copy = bytes.clone();
    Ed25519.PublicPoint point = Ed25519.validatePublicKeyFullExport(copy, 0);
    if (point == null) {
      throw new LedgerFormatException(
          "expected a canonical point of the prime-order group: key="
              + HexFormat.of().formatHex(copy));
    }
    return new VerifyingKey(copy, point);
  }

  /**
   * Reads a key from PEM text of a SubjectPublicKeyInfo.
   *
   * @throws LedgerFormatException if it is not one Ed25519 key, or as {@link #of}
   */
  public static VerifyingKey fromPem(String pem) throws LedgerFormatException {
    return fromDer(Pem.decodeOne(LABEL, pem));
  }

  /**
   * Reads a key from a PEM file, as {@code openssl pkey -pubout} writes it.
   *
   * @throws LedgerFormatException as {@link #fromPem(String)}
   * @throws IOException if it cannot be read
   */
  public static VerifyingKey fromPem(Path file) throws IOException, LedgerFormatException {
    return fromPem(Pem.read(file));
  }

  /** The key as PEM text of a SubjectPublicKeyInfo. */
  public String toPem() {
    byte[] der = new byte[PREFIX.length + BYTES];
    System.arraycopy(PREFIX, 0, der, 0, PREFIX.length);
    System.arraycopy(bytes, 0, der, PREFIX.length, BYTES);
    return Pem.encode(LABEL, der);
  }

  /** What a receipt calls the key: SHA-256 of its bytes, 64 hex digits in lower case. */
  public String keyId() {
    return keyId;
  }

  /**
   * What a person compares, in OpenSSH's way: SHA256: and the same hash in base64 without padding.
   */
  public String fingerprint() {
    return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(Sha256.of(bytes));
  }

  /** A copy of the key's bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /**
   * True if this key signed the message, strictly: the signature is 64 bytes, S is below the
   * group's order, R is canonically encoded and in the prime-order group. So a signature cannot be
   * changed into another one, and all verifiers that are as strict agree (RFC 8032, sections 5.1.7
   * and 8.4).
   */
  public boolean verify(byte[] message, byte[] signature) {
    return signature.length == SIGNATURE_BYTES
        // The cheap and common refusal first; S is checked here, R only for being on the curve.
        && Ed25519.verify(signature, 0, point, message, 0, message.length)
        && Ed25519.validatePublicKeyFull(signature, 0);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VerifyingKey that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "VerifyingKey[keyId=" + keyId + "]";
  }

  static VerifyingKey fromDer(byte[] der) throws LedgerFormatException {
    return of(
        Pem.strip(
            der, PREFIX, "an Ed25519 public key as SubjectPublicKeyInfo (openssl pkey -pubout)"));
  }
}
