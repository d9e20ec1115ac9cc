package io.knhk.knowledge.governance;

import io.knhk.schemas.control.ControlContent;
import io.knhk.schemas.control.ControlContent.Hold;
import io.knhk.schemas.control.Role;
import java.util.Collections;
import java.util.Set;

/** Which role may send what; the same table as in docs/handbook/governance.md. */
public final class RoleTable {
  private static final Set<Role> STEWARDS = Set.of(Role.STEWARD);
  private static final Set<Role> ADMINISTRATORS = Set.of(Role.ADMINISTRATOR);
  private static final Set<Role> VOTERS = Set.of(Role.APPROVER, Role.ADMINISTRATOR);
  private static final Set<Role> ALL = Set.of(Role.values());

  private RoleTable() {}

  /** The roles of which a person must hold one. */
  public static Set<Role> senders(ControlContent content) {
    return switch (content.kind()) {
      case PROPOSAL, IMPORT_PART, IMPORT, RELAXATION, ROLLBACK -> STEWARDS;
      case DOCTRINE, APPROVER -> ADMINISTRATORS;
      case VOTE -> VOTERS;
      case WITHDRAWAL -> ALL;
      // Everybody may stop something; to let it go on is a decision.
      case HOLD -> content instanceof Hold hold && hold.release() ? VOTERS : ALL;
    };
  }

  static boolean allows(Person person, ControlContent content) {
    return !Collections.disjoint(person.roles(), senders(content));
  }
}
