package io.knhk.knowledge.doctrine;

import io.knhk.schemas.control.Role;
import io.knhk.schemas.knowledge.DoctrineRule;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a rule says, read from its parameters. The table of parameters: docs/handbook/governance.md.
 */
public sealed interface RuleTerms {
  /** So many people have to agree. */
  record ApprovalChain(int quorum, Role role, AppliesTo appliesTo, Glob eventTypes)
      implements RuleTerms {
    public boolean covers(Scope scope) {
      return scope.isCoveredBy(appliesTo, eventTypes);
    }
  }

  /** Nobody may hold both roles. */
  record SegregationOfDuties(Role first, Role second) implements RuleTerms {
    public boolean isBrokenBy(SortedSet<Role> roles) {
      return roles.contains(first) && roles.contains(second);
    }
  }

  /**
   * A sector's knowledge may grow so far.
   *
   * @param changesADayMax promotions in the 24 hours before
   */
  record ResourceLimit(
      Optional<Long> triplesMax,
      Optional<Long> typesMax,
      Optional<Long> attributesATypeMax,
      Optional<Long> changesADayMax)
      implements RuleTerms {}

  /**
   * Changes are allowed, or are not, at some time of the week.
   *
   * @param allow whether a change has to be inside the window; else it has to be outside
   * @param days on which the window begins
   * @param from inclusive
   * @param until exclusive; not after {@code from}: on the day after
   */
  record TimeWindow(
      boolean allow,
      SortedSet<DayOfWeek> days,
      LocalTime from,
      LocalTime until,
      ZoneId zone,
      AppliesTo appliesTo,
      Glob eventTypes)
      implements RuleTerms {
    public TimeWindow {
      days = Collections.unmodifiableSortedSet(new TreeSet<>(days));
    }

    public boolean covers(Scope scope) {
      return scope.isCoveredBy(appliesTo, eventTypes);
    }

    /**
     * Whether the clock of the zone shows a time in the window. Where the clock is put back, the
     * hour that is shown twice is in it twice; where it is put forward, the hour that is not shown
     * is not in it.
     */
    public boolean contains(long atMs) {
      var local = java.time.Instant.ofEpochMilli(atMs).atZone(zone);
      LocalTime time = local.toLocalTime();
      DayOfWeek day = local.getDayOfWeek();
      if (from.isBefore(until)) {
        return days.contains(day) && !time.isBefore(from) && time.isBefore(until);
      }
      return (days.contains(day) && !time.isBefore(from))
          || (days.contains(day.minus(1)) && time.isBefore(until));
    }

    /** Whether a change may be at this time. */
    public boolean permits(long atMs) {
      return contains(atMs) == allow;
    }
  }

  /** What producers and consumers can rely on, and how new things are named. */
  record SchemaTerms(
      Optional<CompatibilityKind> compatibility,
      Optional<NameStyle> typeStyle,
      Optional<NameStyle> attributeStyle,
      Glob typeGlob,
      Glob attributeGlob)
      implements RuleTerms {}

  /**
   * Something of the organisation's own.
   *
   * @param forbiddenPredicate IRI that no added triple may have as predicate
   * @param requiredAnnotation IRI of a predicate that each new class and attribute must have
   */
  record Custom(Optional<String> forbiddenPredicate, Optional<String> requiredAnnotation)
      implements RuleTerms {}

  /** What a change has to be for those who read and write events. */
  enum CompatibilityKind {
    BACKWARD,
    FORWARD,
    FULL
  }

  /**
   * Reads what a rule says.
   *
   * @throws IllegalArgumentException that names what was expected
   */
  static RuleTerms of(DoctrineRule rule) {
    RuleParameters in = new RuleParameters(rule);
    RuleTerms terms =
        switch (rule.constraint()) {
          case APPROVAL_CHAIN ->
              new ApprovalChain(
                  (int)
                      in.number("quorum", 1, 16)
                          .orElseThrow(() -> in.missing("quorum"))
                          .longValue(),
                  in.constant("role", Role.class).orElse(Role.APPROVER),
                  in.constant("applies-to", AppliesTo.class).orElse(AppliesTo.ALL),
                  in.glob("event-types"));
          case SEGREGATION_OF_DUTIES -> segregation(in);
          case RESOURCE_LIMIT ->
              new ResourceLimit(
                  in.number("max-triples", 1, Integer.MAX_VALUE),
                  in.number("max-types", 1, Integer.MAX_VALUE),
                  in.number("max-attributes-a-type", 1, Integer.MAX_VALUE),
                  in.number("max-changes-a-day", 1, Integer.MAX_VALUE));
          case TIME_WINDOW -> window(in);
          case SCHEMA ->
              new SchemaTerms(
                  in.constant("compatibility", CompatibilityKind.class),
                  in.constant("type-style", NameStyle.class),
                  in.constant("attribute-style", NameStyle.class),
                  in.glob("type-names"),
                  in.glob("attribute-names"));
          case CUSTOM -> new Custom(in.iri("forbid-predicate"), in.iri("require-annotation"));
        };
    in.end();
    return terms;
  }

  private static RuleTerms segregation(RuleParameters in) {
    Role first = in.constant("role-a", Role.class).orElseThrow(() -> in.missing("role-a"));
    Role second = in.constant("role-b", Role.class).orElseThrow(() -> in.missing("role-b"));
    if (first == second) {
      throw in.wrong("role-b", "another role than role-a");
    }
    return new SegregationOfDuties(first, second);
  }

  private static RuleTerms window(RuleParameters in) {
    String mode = in.text("mode").orElseThrow(() -> in.missing("mode"));
    if (!mode.equals("allow") && !mode.equals("deny")) {
      throw in.wrong("mode", "allow or deny");
    }
    return new TimeWindow(
        mode.equals("allow"),
        in.days("days"),
        in.time("from"),
        in.time("until"),
        in.zone("zone"),
        in.constant("applies-to", AppliesTo.class).orElse(AppliesTo.ALL),
        in.glob("event-types"));
  }
}
