package io.knhk.knowledge.governance;

import io.knhk.knowledge.doctrine.Scope;
import io.knhk.schemas.control.Role;
import io.knhk.schemas.knowledge.DoctrineRule;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/** What a request asks for: exactly what is carried out when it is approved. */
public sealed interface Asked {
  RequestKind kind();

  /**
   * A snapshot is promoted.
   *
   * @param kind change, import or rollback
   * @param proposalId id of the change's content, 64 hex digits
   * @param element what it is about, see {@link io.knhk.schemas.knowledge.Elements}
   * @param changeKeys what is held when it is rejected: its element where the loop proposed it, and
   *     {@link Holds#contentKey}; at most {@link #CHANGE_KEYS_MAX}
   * @param criticality at least that of its kind counts; that of a guard whose weakening takes the
   *     agreement of people, see docs/handbook/governance.md
   */
  record Change(
      RequestKind kind,
      String proposalId,
      String element,
      SortedSet<String> changeKeys,
      Scope scope,
      Criticality criticality)
      implements Asked {
    public Change(
        RequestKind kind,
        String proposalId,
        String element,
        SortedSet<String> changeKeys,
        Scope scope) {
      this(kind, proposalId, element, changeKeys, scope, Criticality.LOW);
    }

    public Change {
      changeKeys = Collections.unmodifiableSortedSet(new TreeSet<>(changeKeys));
      if (!kind.promotes() || changeKeys.size() > CHANGE_KEYS_MAX) {
        throw new IllegalArgumentException(
            "expected a kind that promotes and few keys: kind="
                + kind.code()
                + ", keys="
                + changeKeys.size()
                + ", limit="
                + CHANGE_KEYS_MAX);
      }
    }
  }

  /**
   * A guard may be weakened for a while.
   *
   * @param criticality of the guard in the head as it is
   * @param scope of the guard: loosening, and the event types that it protects
   */
  record Relaxation(String guard, long durationMs, Criticality criticality, Scope scope)
      implements Asked {
    @Override
    public RequestKind kind() {
      return RequestKind.RELAXATION;
    }
  }

  /** See {@link io.knhk.schemas.control.ControlContent.ChangeDoctrine}. */
  record Doctrine(boolean retire, DoctrineRule rule) implements Asked {
    @Override
    public RequestKind kind() {
      return RequestKind.DOCTRINE;
    }
  }

  /**
   * See {@link io.knhk.schemas.control.ControlContent.ChangeApprover}.
   *
   * @param addKey 32 bytes as lower-case hex, else empty
   * @param revokeKey id of a key, else empty
   */
  record Approver(String person, SortedSet<Role> roles, String addKey, String revokeKey)
      implements Asked {
    public Approver {
      roles = Collections.unmodifiableSortedSet(new TreeSet<>(roles));
    }

    @Override
    public RequestKind kind() {
      return RequestKind.APPROVER;
    }
  }

  /** Keys of one change. */
  int CHANGE_KEYS_MAX = 4;
}
