package io.knhk.ledger;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import javax.crypto.Mac;

/**
 * The Merkle leaves of one run of observations, each with a salt of its own, so that a proof for
 * one observation does not let anyone guess its neighbours. The salt is HMAC-SHA-256 of the run's
 * seed and the index (8 bytes, big endian); a leaf is the RFC 9162 leaf hash of the salt followed
 * by the observation.
 *
 * <p>Reuses its hash functions: for one thread.
 */
public final class SaltedLeaves {
  /** Bytes of a seed. */
  public static final int SEED_BYTES = 32;

  private final Mac salts;
  private final MessageDigest digest = Sha256.digest();
  private final byte[] index8 = new byte[Long.BYTES];

  /**
   * @param seed the run's, {@link #SEED_BYTES} long
   */
  public SaltedLeaves(byte[] seed) {
    if (seed.length != SEED_BYTES) {
      throw new IllegalArgumentException(
          "expected a seed: bytes=" + seed.length + ", limit=" + SEED_BYTES);
    }
    salts = Sha256.hmac(seed);
  }

  /**
   * The secret that a ledger's seeds come from: the SHA-256 of the key's signature over a fixed
   * text, so that whoever holds the signing key can salt again what a run was salted with, and
   * nobody else.
   */
  public static byte[] secret(SigningKey key) {
    return Sha256.of(
        key.sign("knhk salted leaves v1".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
  }

  /**
   * The seed of a run: HMAC-SHA-256 of its id under a secret, so that a replay comes to the same
   * leaves and nobody without the secret does.
   *
   * @param secret not empty
   */
  public static byte[] seed(byte[] secret, String runId) {
    if (secret.length == 0) {
      throw new IllegalArgumentException("expected a secret: bytes=0");
    }
    return Sha256.hmac(secret).doFinal(runId.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The leaf hash of an observation.
   *
   * @param index its place in the run, from 0
   * @param observationBytes as they were received
   */
  public byte[] leaf(long index, byte[] observationBytes) {
    if (index < 0) {
      throw new IllegalArgumentException(
          "expected a place in the run: index=" + index + ", limit=0");
    }
    ByteBuffer.wrap(index8).putLong(index);
    byte[] salt = salts.doFinal(index8);
    byte[] salted = new byte[salt.length + observationBytes.length];
    System.arraycopy(salt, 0, salted, 0, salt.length);
    System.arraycopy(observationBytes, 0, salted, salt.length, observationBytes.length);
    return MerkleTree.leafHash(digest, salted);
  }
}
