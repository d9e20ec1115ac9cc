package io.knhk.knowledge;

import io.knhk.schemas.knowledge.Delta;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/**
 * Identity of a proposal: SHA-256 over {@code "knhk-proposal-v1"} and each field, texts and lists
 * preceded by their length (bytes, elements) as a 32-bit big-endian integer, numbers as 64 bits, a
 * double as its IEEE 754 bits.
 */
final class ProposalIds {
  private final MessageDigest digest = Sha256.digest();

  private ProposalIds() {}

  static String of(
      String sector,
      String element,
      String rule,
      boolean loosens,
      double confidence,
      String patternId,
      long basisVersion,
      String basisSnapshotId,
      long eventTimeMs,
      long recordedAtMs,
      String summary,
      Delta delta) {
    ProposalIds ids = new ProposalIds();
    ids.text("knhk-proposal-v1").text(sector).text(element).text(rule);
    ids.number(loosens ? 1 : 0).number(Double.doubleToLongBits(confidence)).text(patternId);
    ids.number(basisVersion).text(basisSnapshotId).number(eventTimeMs).number(recordedAtMs);
    ids.text(summary).texts(delta.added()).texts(delta.removed());
    return HexFormat.of().formatHex(ids.digest.digest());
  }

  private ProposalIds texts(List<String> texts) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, texts.size()));
    texts.forEach(this::text);
    return this;
  }

  private ProposalIds text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
    digest.update(bytes);
    return this;
  }

  private ProposalIds number(long number) {
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, number));
    return this;
  }
}
