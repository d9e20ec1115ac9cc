package io.knhk.knowledge.governance;

import io.knhk.schemas.control.Role;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a request needs to be approved. It only ever becomes more.
 *
 * @param approvals how many who hold a role have to agree, by role; who holds two counts for both
 * @param reviewMs time that has to pass first
 */
public record Requirement(
    Criticality criticality, SortedMap<Role, Integer> approvals, long reviewMs) {
  public Requirement {
    approvals = Collections.unmodifiableSortedMap(new TreeMap<>(approvals));
  }

  Requirement atLeast(Map<Role, Integer> more) {
    SortedMap<Role, Integer> both = new TreeMap<>(approvals);
    more.forEach((role, count) -> both.merge(role, count, Math::max));
    return new Requirement(criticality, both, reviewMs);
  }

  /** At least so many more have to agree; 0 when enough have. */
  int missing(Collection<CastVote> votes) {
    int missing = 0;
    for (Map.Entry<Role, Integer> needed : approvals.entrySet()) {
      int agreed = 0;
      for (CastVote vote : votes) {
        if (vote.isApproval() && vote.roles().contains(needed.getKey())) {
          agreed++;
        }
      }
      missing = Math.max(missing, needed.getValue() - agreed);
    }
    return missing;
  }

  /** Whether a vote of somebody who holds these would count. */
  boolean asks(Collection<Role> roles) {
    return !Collections.disjoint(approvals.keySet(), roles);
  }
}
