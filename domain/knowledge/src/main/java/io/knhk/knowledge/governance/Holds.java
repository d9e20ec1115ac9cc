package io.knhk.knowledge.governance;

import io.knhk.schemas.control.ControlContent.HoldTarget;
import io.knhk.schemas.knowledge.Delta;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is stopped in a sector, by key: {@code promotions}, {@code proposals}, {@code change:…}. */
public final class Holds {
  private final SortedMap<String, Held> held = new TreeMap<>();
  private int changes;

  Holds() {}

  /**
   * The id of what a change says, whoever says it: SHA-256 over its lines, 64 hex digits. The same
   * change against another head has the same.
   */
  public static String contentKey(Delta delta) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (List<String> lines : List.of(delta.added(), delta.removed())) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, lines.size()));
        for (String line : lines) {
          byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
          digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
          digest.update(bytes);
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("expected SHA-256, which every JDK has", e);
    }
  }

  /** {@code change} is empty except for a change. */
  static String key(HoldTarget target, String change) {
    return switch (target) {
      case PROMOTIONS -> "promotions";
      case PROPOSALS -> "proposals";
      case CHANGE -> "change:" + change;
    };
  }

  boolean isHeld(HoldTarget target, String change) {
    return held.containsKey(key(target, change));
  }

  Optional<Held> find(String key) {
    return Optional.ofNullable(held.get(key));
  }

  /** In order of key. */
  Collection<Held> all() {
    return held.values();
  }

  int changes() {
    return changes;
  }

  void put(Held what) {
    if (held.put(key(what.target(), what.change()), what) == null
        && what.target() == HoldTarget.CHANGE) {
      changes++;
    }
  }

  void remove(String key) {
    Held was = held.remove(key);
    if (was != null && was.target() == HoldTarget.CHANGE) {
      changes--;
    }
  }
}
