package io.knhk.knowledge.governance;

import io.knhk.schemas.control.Role;
import java.util.Locale;

/** Kinds of thing that people decide on. */
public enum RequestKind {
  /** A change of the ontology, proposed by the loop or by a person. */
  CHANGE(Role.APPROVER, true),
  /** An ontology that is imported. */
  IMPORT(Role.APPROVER, true),
  /** A guard may be weakened for a while. */
  RELAXATION(Role.APPROVER, false),
  /** A doctrine rule is added, replaced or retired. */
  DOCTRINE(Role.ADMINISTRATOR, false),
  /** What a person may do. */
  APPROVER(Role.ADMINISTRATOR, false),
  /** What an earlier snapshot said is said again. */
  ROLLBACK(Role.APPROVER, true);

  private final Role voters;
  private final boolean promotes;

  RequestKind(Role voters, boolean promotes) {
    this.voters = voters;
    this.promotes = promotes;
  }

  /** The role whose holders are its quorum. */
  public Role voters() {
    return voters;
  }

  /** Whether a snapshot is promoted when it is carried out. */
  public boolean promotes() {
    return promotes;
  }

  /** As in documents. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
