package io.knhk.knowledge.schema;

/**
 * One way in which a schema and what a sector knows of an event type do not fit.
 *
 * @param path in the schema as it was given, for people
 * @param message {@code expected <rule>: name=value}
 */
public record SchemaFinding(Severity severity, String path, String message) {
  /** What follows for an observation that the schema accepts. */
  public enum Severity {
    /** Some would not conform. */
    WOULD_NOT_CONFORM,
    /** The sector knows more than the schema says. */
    MISSING,
    /** The check does not understand this part and passed over it. */
    NOT_LOOKED_AT
  }
}
