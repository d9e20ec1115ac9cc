package io.knhk.operators.execute;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.knowledge.Witness;
import io.knhk.ledger.CanonicalJson;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.util.List;

/**
 * The witnesses of a failed stage as they stand in a receipt, cut by the bytes they take there: a
 * witness quotes what was proposed, in any script, and a draft beyond {@link
 * ReceiptDraft#EVIDENCE_BYTES_MAX} could not be numbered. What is left of that limit is more than
 * the rest of a verdict needs, with names of the greatest length.
 */
final class WitnessEvidence {
  /** Of all witnesses together, in canonical form. */
  static final int BYTES_MAX = 10 * 1024;

  /** Of each of the five texts of a witness, so that one witness always fits. */
  static final int TEXT_BYTES_MAX = 1024;

  private static final String CUT = "...";
  private static final int REPLACEMENT = 0xFFFD;

  private WitnessEvidence() {}

  /** Adds {@code witnesses}, and {@code witnessesLeftOut} where there was no room for all. */
  static void addTo(ObjectNode stage, List<Witness> witnesses) {
    ArrayNode array = stage.putArray("witnesses");
    int bytes = 0;
    for (Witness witness : witnesses) {
      ObjectNode next = stage.objectNode();
      next.put("focusNode", cut(witness.focusNode()));
      next.put("path", cut(witness.path()));
      next.put("message", cut(witness.message()));
      if (!witness.source().isEmpty()) {
        next.put("source", cut(witness.source()));
      }
      if (!witness.mend().isEmpty()) {
        next.put("mend", cut(witness.mend()));
      }
      bytes += CanonicalJson.bytes(next).length + 1;
      if (bytes > BYTES_MAX) {
        stage.put("witnessesLeftOut", witnesses.size() - array.size());
        return;
      }
      array.add(next);
    }
  }

  /** Whole code points; half of a pair, which no UTF-8 can hold, is replaced. */
  static String cut(String text) {
    StringBuilder kept = new StringBuilder();
    int bytes = 0;
    int mark = 0;
    for (int i = 0; i < text.length(); ) {
      int codePoint = text.codePointAt(i);
      i += Character.charCount(codePoint);
      boolean half = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
      int next = half ? REPLACEMENT : codePoint;
      bytes += encodedBytes(next);
      if (bytes > TEXT_BYTES_MAX) {
        kept.setLength(mark);
        return kept.append(CUT).toString();
      }
      kept.appendCodePoint(next);
      if (bytes <= TEXT_BYTES_MAX - CUT.length()) {
        mark = kept.length();
      }
    }
    return kept.toString();
  }

  /** In a canonical JSON string, at most. */
  private static int encodedBytes(int codePoint) {
    if (codePoint < 0x20) {
      return 6;
    }
    if (codePoint < 0x80) {
      return codePoint == '"' || codePoint == '\\' ? 2 : 1;
    }
    if (codePoint < 0x800) {
      return 2;
    }
    return codePoint < 0x10000 ? 3 : 4;
  }
}
