package io.knhk.schemas.control;

/**
 * A control message as it was signed.
 *
 * @param log the ledger it is meant for; it means nothing in another
 * @param sector one of {@link io.knhk.schemas.Sectors#ALL}
 * @param signer id of the key that signs, which the envelope's key id equals
 * @param counter larger than that of any message of this key before it in this sector
 * @param expiresAtMs recorded time from which it is not taken any more; at most {@link
 *     #LIFETIME_MS_MAX} after it is recorded
 */
public record ControlMessage(
    String log,
    String sector,
    String signer,
    long counter,
    long expiresAtMs,
    ControlContent content) {
  /** An expiry further away than this is refused. */
  public static final long LIFETIME_MS_MAX = 24L * 3_600_000;

  /** Of an encoded message: the RDF in it and what is around it. */
  public static final int BYTES_MAX = 512 * 1024;
}
