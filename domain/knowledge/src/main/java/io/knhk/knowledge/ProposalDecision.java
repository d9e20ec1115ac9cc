package io.knhk.knowledge;

import io.knhk.schemas.knowledge.Proposal;

/** What the proposer made of a pattern. */
public sealed interface ProposalDecision {
  record Proposed(Proposal proposal) implements ProposalDecision {}

  /**
   * The pattern calls for no change.
   *
   * @param detail one line for a person
   */
  record NothingToPropose(Reason reason, String detail) implements ProposalDecision {}

  /** Why a pattern calls for no change. */
  enum Reason {
    /** The snapshot says already what would be proposed. */
    ALREADY_SAID,
    /** The pattern is about an event type or an attribute that the snapshot does not have. */
    NOT_IN_SNAPSHOT,
    /** A guard of that name exists; it is people who change guards. */
    GUARD_EXISTS,
    /**
     * Fewer observations than usual, or none where no heartbeat is stated: no limit would say so.
     */
    NO_LIMIT_FITS,
    /** A limit on one subject would bind every subject and the type. */
    ONE_SUBJECT_ONLY,
    /** No datatype accepts both what is declared and what was sent. */
    NO_COMMON_DATATYPE,
    /** The pattern names no finite number to widen a range to. */
    NO_NUMBERS,
    /** A name that cannot be written into triples without loss. */
    NAME_NOT_REPRESENTABLE,
    /** What would change is the core's. */
    CORE_IS_IMMUTABLE,
    /** The change would be beyond {@link io.knhk.schemas.knowledge.Delta#TRIPLES_MAX}. */
    TOO_LARGE
  }
}
