package io.knhk.knowledge;

import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.knowledge.DetectorParameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a change does to what a guard protects. It looks at what is in force before and after, not
 * at what the change says, so it is the same however a weakening is spelled.
 *
 * <ul>
 *   <li>The guard itself stays, on the event type that it guards, of the same kind, no less
 *       critical, with figures no looser.
 *   <li>One that states figures: the limits in force are no looser than what it stated, on buckets
 *       and counts that cannot hide what was found before, each subject still watched where it was.
 *   <li>One that states none: of the value and of the attributes that were known, nothing is
 *       accepted that was not; and what is not accepted is reported as soon as it was.
 * </ul>
 */
final class Guards {
  private static final String APPROVAL_CHAIN = "ApprovalChain";

  private Guards() {}

  /** Each way in which the guard would protect less; empty when it does not. */
  static List<Witness> weakened(CompiledChange change, Guard guard) {
    List<Witness> out = new ArrayList<>();
    CompiledType was = change.typesBefore().get(guard.eventType());
    CompiledType is = change.typesAfter().get(guard.eventType());
    Optional<Guard> now = GuardPreservation.after(change, guard);
    if (now.isEmpty()) {
      add(out, guard, "", "the guard to stay on its event type");
    } else {
      itself(out, guard, now.get());
    }
    if (is == null || was == null) {
      add(out, guard, "", "the event type that is guarded to stay");
    } else if (guard.figures().isEmpty()) {
      constraints(out, guard, was, is);
    } else {
      limits(out, guard, was, is);
    }
    return out;
  }

  /**
   * Whether the change may weaken what the guard protects if people agree to the change itself, by
   * the guard's criticality: so it is with an approval chain that stays as it is. Every other guard
   * has to be relaxed first.
   */
  static boolean takesApproval(CompiledChange change, Guard guard) {
    return guard.kind().equals(APPROVAL_CHAIN)
        && change.typesAfter().containsKey(guard.eventType())
        && GuardPreservation.after(change, guard).equals(Optional.of(guard));
  }

  static String mend(Guard guard) {
    return "have guard "
        + guard.name()
        + " of "
        + guard.eventType()
        + " relaxed first (criticality "
        + guard.criticality()
        + "), or leave what it protects as it is";
  }

  private static void itself(List<Witness> out, Guard was, Guard is) {
    if (!is.kind().equals(was.kind())) {
      add(
          out,
          was,
          "",
          "the kind of the guard to stay: before=" + was.kind() + ", after=" + is.kind());
    }
    if (is.criticalityRank() < was.criticalityRank()) {
      add(
          out,
          was,
          "",
          "no lower criticality: before=" + was.criticality() + ", after=" + is.criticality());
    }
    for (Map.Entry<String, Double> figure : was.figures().entrySet()) {
      Double now = is.figures().get(figure.getKey());
      if (now == null || now > figure.getValue()) {
        add(
            out,
            was,
            figure.getKey(),
            "the figure that the guard states to stay as strict: before="
                + Difference.shown(figure.getValue())
                + ", after="
                + (now == null ? "none" : Difference.shown(now)));
      }
    }
  }

  private static void limits(List<Witness> out, Guard guard, CompiledType was, CompiledType is) {
    DetectorParameters before = was.detectors();
    DetectorParameters after = is.detectors();
    for (Map.Entry<String, Double> stated : guard.figures().entrySet()) {
      double inForce = figure(after, stated.getKey());
      if (!(inForce > 0 && inForce <= stated.getValue())) {
        add(
            out,
            guard,
            stated.getKey(),
            "the limit in force to stay as strict: before="
                + Difference.shown(stated.getValue())
                + ", after="
                + (inForce > 0 ? Difference.shown(inForce) : "none"));
      }
      switch (stated.getKey()) {
        case "maxPerBucket" -> least(out, guard, "bucketMs", before.bucketMs(), after.bucketMs());
        case "errorRateMax" -> {
          same(out, guard, "bucketMs", before.bucketMs(), after.bucketMs());
          most(out, guard, "errorMinCount", before.errorMinCount(), after.errorMinCount());
        }
        case "driftZ" -> {
          same(out, guard, "bucketMs", before.bucketMs(), after.bucketMs());
          same(out, guard, "baselineBuckets", before.baselineBuckets(), after.baselineBuckets());
          most(out, guard, "warmupBuckets", before.warmupBuckets(), after.warmupBuckets());
        }
        default -> {
          // A silence is measured in event time, whatever the buckets.
        }
      }
    }
    if (was.watchEachSubject() && !is.watchEachSubject()) {
      add(out, guard, "watchEachSubject", "each subject to stay watched");
    }
  }

  private static void constraints(
      List<Witness> out, Guard guard, CompiledType was, CompiledType is) {
    for (Difference difference : Difference.between(was, is)) {
      if (weakens(difference)) {
        add(
            out,
            guard,
            difference.attribute(),
            "nothing to conform that did not: "
                + difference.kind()
                + ", before="
                + difference.before()
                + ", after="
                + (difference.after().isEmpty() ? "none" : difference.after()));
      }
    }
    most(
        out,
        guard,
        "mismatchMinCount",
        was.detectors().mismatchMinCount(),
        is.detectors().mismatchMinCount());
  }

  /** A new attribute is no weakening; one that goes could come back without its constraints. */
  static boolean weakens(Difference difference) {
    return switch (difference.kind()) {
      case ATTRIBUTE_REMOVED -> true;
      case ATTRIBUTE_ADDED, NAME, DECIMALS, WATCH_EACH_SUBJECT, FIGURE -> false;
      case VALUE_MIN, VALUE_MAX, DATATYPE, REQUIRED, MIN, MAX, ALLOWED -> difference.wider();
    };
  }

  private static double figure(DetectorParameters parameters, String name) {
    return switch (name) {
      case "maxPerBucket" -> parameters.maxPerBucket();
      case "errorRateMax" -> parameters.errorRateMax();
      case "expectedEveryMs" -> parameters.expectedEveryMs();
      case "driftZ" -> parameters.driftZ();
      default -> throw new IllegalArgumentException("expected a figure of a guard: name=" + name);
    };
  }

  private static void least(List<Witness> out, Guard guard, String name, long before, long after) {
    if (after < before) {
      add(out, guard, name, "no smaller " + name + ": before=" + before + ", after=" + after);
    }
  }

  private static void most(List<Witness> out, Guard guard, String name, long before, long after) {
    if (after > before) {
      add(out, guard, name, "no larger " + name + ": before=" + before + ", after=" + after);
    }
  }

  private static void same(List<Witness> out, Guard guard, String name, long before, long after) {
    if (after != before) {
      add(out, guard, name, "the same " + name + ": before=" + before + ", after=" + after);
    }
  }

  private static void add(List<Witness> out, Guard guard, String path, String expected) {
    out.add(new Witness(guard.eventType(), path, "expected " + expected, guard.iri(), mend(guard)));
  }
}
