package io.knhk.schemas.knowledge;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A rule that every change of a sector's knowledge is held against.
 *
 * @param id lower case, digits and {@code -}, 1 to 64 characters; unique in the sector
 * @param version 1 for the first, then one more each time
 * @param parameters of the constraint, by name; see docs/handbook/governance.md
 * @param effectiveFromMs recorded time, inclusive
 * @param effectiveUntilMs recorded time, exclusive; Long.MAX_VALUE: until it is retired
 * @param text one sentence for people
 */
public record DoctrineRule(
    String id,
    String sector,
    Constraint constraint,
    SortedMap<String, String> parameters,
    Enforcement enforcement,
    long effectiveFromMs,
    long effectiveUntilMs,
    long version,
    String text) {
  public DoctrineRule {
    parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
  }

  /** What kind of thing a rule asks for. */
  public enum Constraint {
    APPROVAL_CHAIN,
    SEGREGATION_OF_DUTIES,
    RESOURCE_LIMIT,
    TIME_WINDOW,
    SCHEMA,
    CUSTOM
  }

  /** What follows when a change breaks a rule. */
  public enum Enforcement {
    /** It is refused. */
    MANDATORY,
    /** It is allowed, with a warning in the verdict and the log. */
    WARNING,
    /** It is allowed; the verdict says so. */
    ADVISORY
  }
}
