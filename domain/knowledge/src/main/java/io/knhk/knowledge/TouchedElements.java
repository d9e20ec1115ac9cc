package io.knhk.knowledge;

import io.knhk.schemas.knowledge.Delta;
import io.knhk.schemas.knowledge.Proposal;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which {@link io.knhk.schemas.knowledge.Elements elements} a promotion touches, and when each was
 * last touched.
 */
public final class TouchedElements {
  private TouchedElements() {}

  /**
   * The element a promoted delta is about. A proposal is about one; the delta is asked for so that
   * one with several can say so without a new contract.
   */
  public static String of(Delta delta, Proposal proposal) {
    if (!delta.equals(proposal.delta())) {
      throw new IllegalArgumentException(
          "expected the proposal's own delta: proposal=" + proposal.id());
    }
    return proposal.element();
  }

  /** {@code touched} with the element of a proposal promoted as {@code version}. */
  public static Map<String, Long> plus(Map<String, Long> touched, Proposal proposal, long version) {
    Map<String, Long> now = new TreeMap<>(touched);
    now.put(proposal.element(), version);
    return now;
  }
}
