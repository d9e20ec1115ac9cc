package io.knhk.knowledge.governance;

/**
 * A guard that may be weakened, from {@code fromMs}, inclusive, until {@code untilMs}, exclusive.
 *
 * @param guard IRI without angle brackets
 * @param requestId of the request that was approved
 */
public record Relaxation(String guard, long fromMs, long untilMs, String requestId) {
  boolean isInForce(long nowMs) {
    return nowMs >= fromMs && nowMs < untilMs;
  }
}
