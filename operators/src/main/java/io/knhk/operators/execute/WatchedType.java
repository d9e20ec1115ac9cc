package io.knhk.operators.execute;

/**
 * State: what was observed of one event type since a promotion changed it.
 *
 * @param checked observations
 * @param nonConforming of these
 * @param examined of these, the examples that were looked at again
 * @param regressed of these, those that conformed before the change and do not because of it
 */
public record WatchedType(long checked, long nonConforming, long examined, long regressed) {
  /** How many of all that were checked the change broke, by what the examples say. */
  double regressedShare() {
    return checked == 0 || examined == 0
        ? 0
        : (double) nonConforming / checked * regressed / examined;
  }
}
