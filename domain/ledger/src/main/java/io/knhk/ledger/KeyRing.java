package io.knhk.ledger;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The keys whose signatures are accepted, by key id. Immutable. */
public final class KeyRing {
  private static final String LABEL = "PUBLIC KEY";

  private final SortedMap<String, VerifyingKey> keys;

  private KeyRing(SortedMap<String, VerifyingKey> keys) {
    this.keys = keys;
  }

  /** A ring of these keys; one that is named twice is there once. */
  public static KeyRing of(Collection<VerifyingKey> keys) {
    SortedMap<String, VerifyingKey> byId = new TreeMap<>();
    for (VerifyingKey key : keys) {
      byId.put(key.keyId(), key);
    }
    return new KeyRing(byId);
  }

  /**
   * Reads all keys of PEM text: SubjectPublicKeyInfo blocks one after another, comments between
   * them.
   *
   * @throws LedgerFormatException if there is none, or one of them is not a key, as {@link
   *     VerifyingKey#fromPem(String)}
   */
  public static KeyRing fromPem(String pem) throws LedgerFormatException {
    SortedMap<String, VerifyingKey> byId = new TreeMap<>();
    for (byte[] der : Pem.decode(LABEL, pem)) {
      VerifyingKey key = VerifyingKey.fromDer(der);
      byId.put(key.keyId(), key);
    }
    if (byId.isEmpty()) {
      throw new LedgerFormatException("expected at least one public key: keys=0");
    }
    return new KeyRing(byId);
  }

  /**
   * Reads all keys of a PEM file of at most 64 KiB.
   *
   * @throws LedgerFormatException as {@link #fromPem(String)}
   * @throws IOException if it cannot be read
   */
  public static KeyRing fromPem(Path file) throws IOException, LedgerFormatException {
    return fromPem(Pem.read(file));
  }

  /** The key with this id. */
  public Optional<VerifyingKey> find(String keyId) {
    return Optional.ofNullable(keys.get(keyId));
  }

  /**
   * Whether the envelope names a key of this ring and carries that key's signature over its payload
   * and type.
   */
  public boolean verifies(Dsse.Envelope envelope) {
    VerifyingKey key = keys.get(envelope.keyId());
    return key != null
        && key.verify(Dsse.pae(envelope.payloadType(), envelope.payload()), envelope.signature());
  }

  /** The ids of all keys, in order. */
  public Set<String> keyIds() {
    return Collections.unmodifiableSet(keys.keySet());
  }

  @Override
  public String toString() {
    return "KeyRing" + keys.keySet();
  }
}
