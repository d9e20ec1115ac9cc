package io.knhk.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.MathContext;

/**
 * One thing that was measured, beside its peer in the same run.
 *
 * @param name what was measured
 * @param unit of both values
 * @param value ours
 * @param peer what it is held against
 * @param peerValue the peer's
 */
record Figure(String name, String unit, double value, String peer, double peerValue) {
  private static final MathContext DIGITS = new MathContext(4);

  Figure {
    if (!Double.isFinite(value) || !Double.isFinite(peerValue) || peerValue == 0) {
      throw new IllegalArgumentException(
          "expected finite values and a peer above 0: name="
              + name
              + ", value="
              + value
              + ", peerValue="
              + peerValue);
    }
  }

  /** Ours in units of the peer's, whichever way is better. */
  double ratio() {
    return value / peerValue;
  }

  ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("name", name)
        .put("unit", unit)
        .put("value", rounded(value))
        .put("peer", peer)
        .put("peerValue", rounded(peerValue))
        .put("ratio", rounded(ratio()));
  }

  String toText() {
    return String.format(
        "%-34s %12s %-8s %-44s %12s  x%s",
        name, plain(value), unit, peer, plain(peerValue), plain(ratio()));
  }

  private static String plain(double number) {
    return BigDecimal.valueOf(number).round(DIGITS).toPlainString();
  }

  private static double rounded(double number) {
    return BigDecimal.valueOf(number).round(DIGITS).doubleValue();
  }
}
