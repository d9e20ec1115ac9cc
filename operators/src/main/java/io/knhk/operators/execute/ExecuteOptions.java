package io.knhk.operators.execute;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * @param log name of the ledger, which every promoted snapshot says
 * @param evolution by sector; a sector that is not named is {@link Evolution#PROPOSE}
 * @param confidenceMin of a pattern, for its addition to promote by itself; 0 to 1
 * @param proposalsPerHour a sector
 * @param pendingMax proposals that wait at once a sector
 * @param expiryMs after which one that waits ends, in recorded time
 * @param acknowledgedBy uids of the operators that must run a promoted snapshot in every subtask
 */
public record ExecuteOptions(
    String log,
    HashMap<String, Evolution> evolution,
    double confidenceMin,
    int proposalsPerHour,
    int pendingMax,
    long expiryMs,
    ArrayList<String> acknowledgedBy)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  public ExecuteOptions {
    if (!(confidenceMin >= 0 && confidenceMin <= 1)
        || proposalsPerHour < 1
        || pendingMax < 1
        || expiryMs < 1) {
      throw new IllegalArgumentException(
          "expected confidenceMin from 0 to 1 and positive limits: confidenceMin="
              + confidenceMin
              + ", proposalsPerHour="
              + proposalsPerHour
              + ", pendingMax="
              + pendingMax
              + ", expiryMs="
              + expiryMs);
    }
  }

  public ExecuteOptions(
      String log,
      Map<String, Evolution> evolution,
      double confidenceMin,
      int proposalsPerHour,
      int pendingMax,
      long expiryMs,
      List<String> acknowledgedBy) {
    this(
        log,
        new HashMap<>(evolution),
        confidenceMin,
        proposalsPerHour,
        pendingMax,
        expiryMs,
        new ArrayList<>(acknowledgedBy));
  }

  Evolution evolutionOf(String sector) {
    return evolution.getOrDefault(sector, Evolution.PROPOSE);
  }
}
