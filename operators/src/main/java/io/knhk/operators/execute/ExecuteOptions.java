package io.knhk.operators.execute;

import io.knhk.knowledge.ValidationLimits;
import io.knhk.knowledge.governance.GovernanceOptions;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * @param log name of the ledger, which everything that is promoted says
 * @param evolution by sector; a sector that is not named is {@link Evolution#PROPOSE}
 * @param proposalsPerHour a sector, by the loop itself
 * @param watchMs recorded time for which a promotion is watched
 * @param acknowledgedBy uids of the operators that must run a promoted snapshot in every subtask
 * @param governance quorums, times and limits
 * @param limits of the validation
 * @param governanceJson the first persons and rules of every sector, see {@link GovernanceGenesis};
 *     empty: nobody, and none
 */
public record ExecuteOptions(
    String log,
    HashMap<String, Evolution> evolution,
    int proposalsPerHour,
    long watchMs,
    ArrayList<String> acknowledgedBy,
    GovernanceOptions governance,
    ValidationLimits limits,
    String governanceJson)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  public ExecuteOptions {
    if (proposalsPerHour < 1 || watchMs < 0) {
      throw new IllegalArgumentException(
          "expected proposals and a time that is not negative: proposalsPerHour="
              + proposalsPerHour
              + ", watchMs="
              + watchMs);
    }
  }

  public ExecuteOptions(
      String log,
      Map<String, Evolution> evolution,
      int proposalsPerHour,
      long watchMs,
      List<String> acknowledgedBy,
      GovernanceOptions governance,
      ValidationLimits limits,
      String governanceJson) {
    this(
        log,
        new HashMap<>(evolution),
        proposalsPerHour,
        watchMs,
        new ArrayList<>(acknowledgedBy),
        governance,
        limits,
        governanceJson);
  }

  Evolution evolutionOf(String sector) {
    return evolution.getOrDefault(sector, Evolution.PROPOSE);
  }
}
