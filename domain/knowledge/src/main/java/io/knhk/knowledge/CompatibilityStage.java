package io.knhk.knowledge;

import io.knhk.schemas.knowledge.CompiledType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How the change bears on those who read observations with the other version of the event types. It
 * is reported and fails nothing; a doctrine rule can demand a level.
 *
 * <table>
 * <caption>What breaks what</caption>
 * <tr><th>change</th><th>backward</th><th>forward</th></tr>
 * <tr><td>event type added</td><td></td><td></td></tr>
 * <tr><td>event type removed or renamed</td><td>breaks</td><td></td></tr>
 * <tr><td>attribute added, optional</td><td></td><td></td></tr>
 * <tr><td>attribute added, required</td><td>breaks</td><td></td></tr>
 * <tr><td>attribute removed that was optional</td><td></td><td></td></tr>
 * <tr><td>attribute removed that was required</td><td></td><td>breaks</td></tr>
 * <tr><td>optional becomes required</td><td>breaks</td><td></td></tr>
 * <tr><td>required becomes optional</td><td></td><td>breaks</td></tr>
 * <tr><td>datatype, range or allowed texts wider</td><td></td><td>breaks</td></tr>
 * <tr><td>datatype, range or allowed texts narrower</td><td>breaks</td><td></td></tr>
 * <tr><td>how it is watched, labels, guards</td><td></td><td></td></tr>
 * </table>
 */
final class CompatibilityStage {
  static final String NAME = "compatibility";

  private static final String CHECKED =
      "whether consumers with the new types can read old observations (backward), and with the old types new ones (forward)";

  private CompatibilityStage() {}

  /** The level of a change. */
  static Compatibility of(CompiledChange change) {
    Breaks breaks = new Breaks(change);
    return Compatibility.of(breaks.backward.isEmpty(), breaks.forward.isEmpty());
  }

  /** What keeps a change from a level; empty when it has that level. */
  static List<Witness> breaking(CompiledChange change, Compatibility demanded) {
    Breaks breaks = new Breaks(change);
    List<Witness> witnesses = new ArrayList<>();
    if (demanded == Compatibility.BACKWARD || demanded == Compatibility.FULL) {
      witnesses.addAll(breaks.backward);
    }
    if (demanded == Compatibility.FORWARD || demanded == Compatibility.FULL) {
      witnesses.addAll(breaks.forward);
    }
    return witnesses;
  }

  static StageResult check(CompiledChange change) {
    Breaks breaks = new Breaks(change);
    SortedMap<String, Long> figures = new TreeMap<>();
    figures.put("eventTypes", (long) breaks.types);
    figures.put("breakBackward", (long) breaks.backward.size());
    figures.put("breakForward", (long) breaks.forward.size());
    List<Witness> remarks = new ArrayList<>();
    // In turns, so that neither way is cut off.
    for (int i = 0; i < Math.max(breaks.backward.size(), breaks.forward.size()); i++) {
      if (i < breaks.backward.size()) {
        remarks.add(breaks.backward.get(i));
      }
      if (i < breaks.forward.size()) {
        remarks.add(breaks.forward.get(i));
      }
    }
    return new StageResult.Passed(NAME, CHECKED, figures, remarks);
  }

  /** What breaks, by the way it breaks. */
  private static final class Breaks {
    private final List<Witness> backward = new ArrayList<>();
    private final List<Witness> forward = new ArrayList<>();
    private final int types;

    Breaks(CompiledChange change) {
      SortedMap<String, CompiledType> after = change.typesAfter();
      SortedMap<String, CompiledType> before = change.typesBefore();
      for (Map.Entry<String, CompiledType> type : before.entrySet()) {
        CompiledType now = after.get(type.getKey());
        if (now == null) {
          backward.add(
              new Witness(
                  type.getKey(), "", "backward: the event type is gone, its observations are not"));
        } else {
          for (Difference difference : Difference.between(type.getValue(), now)) {
            judge(type.getKey(), difference);
          }
        }
      }
      types = before.size();
    }

    private void judge(String type, Difference difference) {
      switch (difference.kind()) {
        case VALUE_MIN, VALUE_MAX, DATATYPE, REQUIRED, MIN, MAX, ALLOWED -> {
          if (difference.narrower()) {
            backward.add(witness("backward: an old observation may not fit", type, difference));
          }
          if (difference.wider()) {
            forward.add(witness("forward: a new observation may not fit", type, difference));
          }
        }
        case ATTRIBUTE_ADDED -> {
          if (difference.narrower()) {
            backward.add(witness("backward: an old observation lacks it", type, difference));
          }
        }
        case ATTRIBUTE_REMOVED -> {
          if (difference.wider()) {
            forward.add(witness("forward: a new observation lacks it", type, difference));
          }
        }
        case NAME, DECIMALS, WATCH_EACH_SUBJECT, FIGURE -> {
          // No reader of observations sees it.
        }
      }
    }

    private static Witness witness(String breaks, String type, Difference difference) {
      return new Witness(
          type,
          difference.attribute(),
          breaks
              + ": "
              + difference.kind()
              + ", before="
              + difference.before()
              + ", after="
              + difference.after());
    }
  }
}
