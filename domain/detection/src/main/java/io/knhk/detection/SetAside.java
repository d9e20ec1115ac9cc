package io.knhk.detection;

/**
 * What a key could not judge, counted, so that nothing is dropped in silence.
 *
 * @param late observations of buckets that had been judged before they came
 * @param closedEarly buckets judged before their time because {@link KeyState#OPEN_BUCKETS_MAX}
 *     were open
 * @param misfit observations of open buckets that a change of bucket length would have cut in two
 * @param staleMismatches mismatches under a snapshot older than the key's
 * @param excessMismatches mismatches on elements beyond {@link KeyState#MISMATCHES_MAX}
 * @param suppressed findings kept back because {@link KeyState#ACTIVE_PATTERNS_MAX} were active
 */
public record SetAside(
    long late,
    long closedEarly,
    long misfit,
    long staleMismatches,
    long excessMismatches,
    long suppressed) {
  public static final SetAside NONE = new SetAside(0, 0, 0, 0, 0, 0);
}
