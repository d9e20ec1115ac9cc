package io.knhk.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * An Ed25519 private key (RFC 8032). It is read where it is used: it cannot be serialized, so that
 * it gets into no job graph or state, and it never shows its secret. Safe for use by several
 * threads.
 */
public final class SigningKey {
  private static final String LABEL = "PRIVATE KEY";

  /**
   * PKCS#8, version 1, algorithm 1.3.101.112, and the octet string in an octet string (RFC 8410,
   * section 7).
   */
  private static final byte[] PREFIX = HexFormat.of().parseHex("302e020100300506032b657004220420");

  private static final Set<PosixFilePermission> OWNER_ONLY =
      Set.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private final byte[] secret;
  private final byte[] publicBytes;
  private final VerifyingKey publicKey;

  private SigningKey(byte[] secret) throws LedgerFormatException {
    this.secret = secret;
    this.publicBytes = new byte[Ed25519.PUBLIC_KEY_SIZE];
    Ed25519.generatePublicKey(secret, 0, publicBytes, 0);
    this.publicKey = VerifyingKey.of(publicBytes);
  }

  /**
   * Reads a key from a PEM file of PKCS#8, as {@code openssl genpkey -algorithm ed25519} writes it.
   *
   * @throws LedgerFormatException if anyone but the file's owner may do anything with it (where the
   *     file system knows such things), or it is not one Ed25519 key
   * @throws IOException if it cannot be read
   */
  public static SigningKey fromPem(Path file) throws IOException, LedgerFormatException {
    checkOwnerOnly(file);
    return fromPem(Pem.read(file));
  }

  /**
   * Reads a key from PEM text of PKCS#8.
   *
   * @throws LedgerFormatException if it is not one Ed25519 key
   */
  public static SigningKey fromPem(String pem) throws LedgerFormatException {
    byte[] der = Pem.decodeOne(LABEL, pem);
    return new SigningKey(
        Pem.strip(
            der, PREFIX, "an Ed25519 private key in PKCS#8 (openssl genpkey -algorithm ed25519)"));
  }

  /** Draws a new key. */
  public static SigningKey generate(SecureRandom random) {
    byte[] secret = new byte[Ed25519.SECRET_KEY_SIZE];
    random.nextBytes(secret);
    try {
      return new SigningKey(secret);
    } catch (LedgerFormatException e) {
      throw new IllegalStateException("expected every secret to have a public key", e);
    }
  }

  /** The key as PEM text of PKCS#8, secret included. */
  public String toPem() {
    byte[] der = new byte[PREFIX.length + secret.length];
    System.arraycopy(PREFIX, 0, der, 0, PREFIX.length);
    System.arraycopy(secret, 0, der, PREFIX.length, secret.length);
    return Pem.encode(LABEL, der);
  }

  /** The other half. */
  public VerifyingKey publicKey() {
    return publicKey;
  }

  /** The 64 bytes of the signature of a message. The same message always gets the same. */
  public byte[] sign(byte[] message) {
    byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
    Ed25519.sign(secret, 0, publicBytes, 0, message, 0, message.length, signature, 0);
    return signature;
  }

  /** The key id, never the secret. */
  @Override
  public String toString() {
    return "SigningKey[keyId=" + publicKey.keyId() + "]";
  }

  private static void checkOwnerOnly(Path file) throws IOException, LedgerFormatException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view == null) {
      return;
    }
    Set<PosixFilePermission> permissions = view.readAttributes().permissions();
    if (!OWNER_ONLY.containsAll(permissions)) {
      throw new LedgerFormatException(
          "expected a private key that only its owner can read (run: chmod 600 "
              + file
              + "): path="
              + file
              + ", mode="
              + PosixFilePermissions.toString(permissions)
              + ", limit=rwx------");
    }
  }
}
