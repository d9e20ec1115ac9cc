package io.knhk.knowledge.governance;

import io.knhk.schemas.control.Role;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Somebody, or a service, that may do something in a sector.
 *
 * @param name lower case, 1 to 64 characters; the same for all keys of one person
 * @param keys public keys by id, both in lower-case hex: an id is the SHA-256 of the key's 32 bytes
 * @param revoked ids of keys that count no more
 * @param demonstration whether the key is one that everybody has
 * @param revision counts up with every change
 */
public record Person(
    String name,
    SortedSet<Role> roles,
    SortedMap<String, String> keys,
    SortedSet<String> revoked,
    boolean demonstration,
    long revision) {
  public Person {
    roles = Collections.unmodifiableSortedSet(new TreeSet<>(roles));
    keys = Collections.unmodifiableSortedMap(new TreeMap<>(keys));
    revoked = Collections.unmodifiableSortedSet(new TreeSet<>(revoked));
    if (!name.matches("[a-z0-9][a-z0-9._@-]{0,63}")) {
      throw new IllegalArgumentException(
          "expected a name of lower-case letters, digits and . _ @ -, 1 to 64 of them: person="
              + name);
    }
    keys.forEach(Person::checkKey);
    if (!keys.keySet().containsAll(revoked)) {
      throw new IllegalArgumentException("expected revoked keys among the keys: person=" + name);
    }
  }

  /** As the configuration names one. */
  public static Person genesis(
      String name, SortedSet<Role> roles, Iterable<String> publicKeys, boolean demonstration) {
    SortedMap<String, String> keys = new TreeMap<>();
    publicKeys.forEach(key -> keys.put(keyId(key), key));
    return new Person(name, roles, keys, new TreeSet<>(), demonstration, 0);
  }

  /**
   * The id of a key.
   *
   * @param publicKey 32 bytes as lower-case hex
   */
  public static String keyId(String publicKey) {
    if (!publicKey.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          "expected a public key of 64 lower-case hex digits: chars=" + publicKey.length());
    }
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(HexFormat.of().parseHex(publicKey)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("expected SHA-256, which every JDK has", e);
    }
  }

  public boolean holds(Role role) {
    return roles.contains(role);
  }

  /** Whether the person could sign anything. */
  public boolean hasUsableKey() {
    return keys.size() > revoked.size();
  }

  private static void checkKey(String id, String publicKey) {
    if (!keyId(publicKey).equals(id)) {
      throw new IllegalArgumentException("expected the SHA-256 of the key as its id: key=" + id);
    }
  }
}
