package io.knhk.knowledge.governance;

import io.knhk.schemas.control.ControlContent.Choice;
import io.knhk.schemas.control.Role;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A vote that counts.
 *
 * @param voteId id of the message
 * @param roles that the person holds
 * @param demonstration whether the key is one that everybody has
 */
public record CastVote(
    String person,
    String keyId,
    String voteId,
    Choice choice,
    String reason,
    boolean producerFault,
    long atMs,
    boolean demonstration,
    SortedSet<Role> roles) {
  public CastVote {
    roles = Collections.unmodifiableSortedSet(new TreeSet<>(roles));
  }

  boolean isApproval() {
    return choice == Choice.APPROVE;
  }

  CastVote withRoles(SortedSet<Role> now) {
    return new CastVote(
        person, keyId, voteId, choice, reason, producerFault, atMs, demonstration, now);
  }
}
