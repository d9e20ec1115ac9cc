package io.knhk.knowledge;

import java.util.ArrayList;
import java.util.List;

/**
 * What a change does to a guard that stood before it; who has to agree follows from the guard as it
 * was then.
 *
 * @param guard before the change
 * @param changed whether it is not, word for word, what it was
 * @param weakened whether it would protect less
 * @param takesApproval whether people may agree to that by agreeing to the change, without a
 *     relaxation
 */
public record GuardImpact(Guard guard, boolean changed, boolean weakened, boolean takesApproval) {
  /**
   * Of each guard that is changed, or whose event type is, in order of class and guard. Relaxations
   * are not asked for.
   */
  public static List<GuardImpact> of(CompiledChange change) {
    List<GuardImpact> impacts = new ArrayList<>();
    for (CompiledChange.ClassChange affected : change.classes()) {
      for (Guard guard : affected.guardsBefore()) {
        boolean changed = !affected.guardsAfter().contains(guard);
        boolean typeChanged =
            affected.before() == null || !affected.before().equals(affected.after());
        if (changed || typeChanged) {
          impacts.add(
              new GuardImpact(
                  guard,
                  changed,
                  !Guards.weakened(change, guard).isEmpty(),
                  Guards.takesApproval(change, guard)));
        }
      }
    }
    return List.copyOf(impacts);
  }
}
