package io.knhk.schemas.control;

/** What a person is trusted with in a sector. What each may send: docs/handbook/governance.md. */
public enum Role {
  /** Changes who may do what, and the doctrine, together with other administrators. */
  ADMINISTRATOR,
  /** Votes. */
  APPROVER,
  /** Proposes changes, relaxations and rollbacks; imports ontologies. */
  STEWARD
}
