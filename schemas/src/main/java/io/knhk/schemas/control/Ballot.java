package io.knhk.schemas.control;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Exactly what is voted on. A vote names the {@link #hash}; when any of the four is another, so is
 * the hash, and the vote says nothing about it.
 *
 * @param request id of the request
 * @param proposal id of the change's content, 64 hex digits
 * @param doctrine hash of the rules it was judged by, 64 hex digits
 * @param parent id of the snapshot it would follow, 64 hex digits
 */
public record Ballot(String request, String proposal, String doctrine, String parent) {
  private static final String DOMAIN = "knhk-ballot-v1";

  /**
   * SHA-256 over {@code knhk-ballot-v1} and the four parts, each preceded by its length in bytes as
   * a 32-bit big-endian integer; 64 hex digits.
   */
  public String hash() {
    MessageDigest digest = sha256();
    for (String part : List.of(DOMAIN, request, proposal, doctrine, parent)) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
      digest.update(bytes);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("expected SHA-256, which every JDK has", e);
    }
  }
}
