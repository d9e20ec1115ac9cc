package io.knhk.knowledge;

import io.knhk.schemas.knowledge.CompiledProperty;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.knowledge.DetectorParameters;
import io.knhk.schemas.observation.Datatype;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One way in which an event type differs between two snapshots.
 *
 * @param attribute empty for what is about the type or its value
 * @param before as a person reads it, empty for nothing
 * @param after likewise
 * @param wider something is accepted after it that was not before
 * @param narrower something was accepted before it that is not after
 */
record Difference(
    Kind kind, String attribute, String before, String after, boolean wider, boolean narrower) {
  /** What differs. */
  enum Kind {
    NAME,
    DECIMALS,
    WATCH_EACH_SUBJECT,
    VALUE_MIN,
    VALUE_MAX,
    ATTRIBUTE_ADDED,
    ATTRIBUTE_REMOVED,
    DATATYPE,
    REQUIRED,
    MIN,
    MAX,
    ALLOWED,
    /** A figure of how the type is watched; {@code attribute} is its name. */
    FIGURE
  }

  boolean isOfAttribute() {
    return switch (kind) {
      case NAME, DECIMALS, WATCH_EACH_SUBJECT, VALUE_MIN, VALUE_MAX, FIGURE -> false;
      case ATTRIBUTE_ADDED, ATTRIBUTE_REMOVED, DATATYPE, REQUIRED, MIN, MAX, ALLOWED -> true;
    };
  }

  /** The attributes of a type that is new, or that is gone. */
  static List<Difference> ofAttributes(CompiledType type, boolean added) {
    List<Difference> out = new ArrayList<>();
    for (CompiledProperty property : type.properties()) {
      out.add(added ? added(property) : removed(property));
    }
    return out;
  }

  /** Every difference, the type's own first, then its attributes' by name, then its figures. */
  static List<Difference> between(CompiledType before, CompiledType after) {
    List<Difference> out = new ArrayList<>();
    if (!before.name().equals(after.name())) {
      out.add(new Difference(Kind.NAME, "", before.name(), after.name(), true, true));
    }
    plain(out, Kind.DECIMALS, "", before.decimals(), after.decimals());
    plain(out, Kind.WATCH_EACH_SUBJECT, "", before.watchEachSubject(), after.watchEachSubject());
    least(out, Kind.VALUE_MIN, "", before.valueMin(), after.valueMin(), Datatype.DECIMAL);
    most(out, Kind.VALUE_MAX, "", before.valueMax(), after.valueMax(), Datatype.DECIMAL);
    Map<String, CompiledProperty> left = new HashMap<>();
    before.properties().forEach(property -> left.put(property.name(), property));
    Map<String, CompiledProperty> right = new HashMap<>();
    after.properties().forEach(property -> right.put(property.name(), property));
    for (CompiledProperty property : before.properties()) {
      CompiledProperty now = right.get(property.name());
      if (now == null) {
        out.add(removed(property));
      } else {
        between(out, property, now);
      }
    }
    for (CompiledProperty property : after.properties()) {
      if (!left.containsKey(property.name())) {
        out.add(added(property));
      }
    }
    figures(out, before.detectors(), after.detectors());
    return out;
  }

  private static Difference added(CompiledProperty property) {
    return new Difference(
        Kind.ATTRIBUTE_ADDED, property.name(), "", shown(property), true, property.required());
  }

  private static Difference removed(CompiledProperty property) {
    return new Difference(
        Kind.ATTRIBUTE_REMOVED, property.name(), shown(property), "", property.required(), true);
  }

  private static void between(
      List<Difference> out, CompiledProperty before, CompiledProperty after) {
    String name = before.name();
    Datatype was = before.datatype();
    Datatype is = after.datatype();
    if (was != is) {
      out.add(
          new Difference(
              Kind.DATATYPE,
              name,
              was.xsdName(),
              is.xsdName(),
              !was.accepts(is),
              !is.accepts(was)));
    }
    if (before.required() != after.required()) {
      out.add(
          new Difference(
              Kind.REQUIRED,
              name,
              before.required() ? "required" : "optional",
              after.required() ? "required" : "optional",
              before.required(),
              after.required()));
    }
    Datatype common = was == is ? was : Datatype.DECIMAL;
    least(out, Kind.MIN, name, before.min(), after.min(), common);
    most(out, Kind.MAX, name, before.max(), after.max(), common);
    allowed(out, name, before.allowed(), after.allowed());
  }

  private static void allowed(
      List<Difference> out, String name, List<String> before, List<String> after) {
    Set<String> was = new HashSet<>(before);
    Set<String> is = new HashSet<>(after);
    if (was.equals(is)) {
      return;
    }
    boolean wider = is.isEmpty() || (!was.isEmpty() && !was.containsAll(is));
    boolean narrower = was.isEmpty() || (!is.isEmpty() && !is.containsAll(was));
    out.add(new Difference(Kind.ALLOWED, name, shown(before), shown(after), wider, narrower));
  }

  private static void least(
      List<Difference> out, Kind kind, String name, double before, double after, Datatype type) {
    double was = type == Datatype.INTEGER ? Math.ceil(before) : before;
    double is = type == Datatype.INTEGER ? Math.ceil(after) : after;
    if (before != after) {
      out.add(new Difference(kind, name, shown(before), shown(after), is < was, is > was));
    }
  }

  private static void most(
      List<Difference> out, Kind kind, String name, double before, double after, Datatype type) {
    double was = type == Datatype.INTEGER ? Math.floor(before) : before;
    double is = type == Datatype.INTEGER ? Math.floor(after) : after;
    if (before != after) {
      out.add(new Difference(kind, name, shown(before), shown(after), is > was, is < was));
    }
  }

  private static void figures(
      List<Difference> out, DetectorParameters before, DetectorParameters after) {
    figure(out, "bucketMs", (double) before.bucketMs(), (double) after.bucketMs());
    figure(out, "baselineBuckets", before.baselineBuckets(), after.baselineBuckets());
    figure(out, "warmupBuckets", before.warmupBuckets(), after.warmupBuckets());
    figure(out, "frequencyZ", before.frequencyZ(), after.frequencyZ());
    figure(out, "maxPerBucket", (double) before.maxPerBucket(), (double) after.maxPerBucket());
    figure(out, "errorRateMax", before.errorRateMax(), after.errorRateMax());
    figure(out, "errorMinCount", (double) before.errorMinCount(), (double) after.errorMinCount());
    figure(
        out,
        "expectedEveryMs",
        (double) before.expectedEveryMs(),
        (double) after.expectedEveryMs());
    figure(out, "driftZ", before.driftZ(), after.driftZ());
    figure(
        out,
        "mismatchMinCount",
        (double) before.mismatchMinCount(),
        (double) after.mismatchMinCount());
  }

  private static void figure(List<Difference> out, String name, double before, double after) {
    if (before != after) {
      out.add(new Difference(Kind.FIGURE, name, shown(before), shown(after), false, false));
    }
  }

  private static <T> void plain(List<Difference> out, Kind kind, String name, T before, T after) {
    if (!before.equals(after)) {
      out.add(
          new Difference(kind, name, String.valueOf(before), String.valueOf(after), false, false));
    }
  }

  static String shown(double number) {
    return Double.isInfinite(number) ? "none" : Terms.plain(number);
  }

  private static String shown(List<String> allowed) {
    return allowed.isEmpty()
        ? "any"
        : allowed.size() <= 10
            ? String.join(", ", allowed)
            : String.join(", ", allowed.subList(0, 10)) + " and " + (allowed.size() - 10) + " more";
  }

  private static String shown(CompiledProperty property) {
    return (property.required() ? "required " : "optional ") + property.datatype().xsdName();
  }
}
