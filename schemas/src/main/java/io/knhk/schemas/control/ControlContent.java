package io.knhk.schemas.control;

import io.knhk.schemas.knowledge.DoctrineRule;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** What a control message asks for. One record a {@link ControlKind}. */
public sealed interface ControlContent {
  /** UTF-8 bytes of RDF in one message. */
  int RDF_BYTES_MAX = 256 * 1024;

  /** Characters of a reason or a summary. */
  int TEXT_CHARS_MAX = 1_000;

  ControlKind kind();

  /**
   * A change written by hand.
   *
   * @param add Turtle to add, may be empty
   * @param remove Turtle to remove, may be empty; both together at most {@link #RDF_BYTES_MAX}
   * @param summary one sentence for the people who vote
   * @param onBehalfOf name of the person for whom a service proposes, else empty; may not vote
   * @param dryRun validate and answer, change nothing
   */
  record ProposeChange(String add, String remove, String summary, String onBehalfOf, boolean dryRun)
      implements ControlContent {
    @Override
    public ControlKind kind() {
      return ControlKind.PROPOSAL;
    }
  }

  /**
   * One part of an ontology that is too large for one message.
   *
   * @param importId SHA-256 of all lines, each with a line feed, 64 hex digits
   * @param index from 0
   * @param parts how many there are
   * @param lines gzip of canonical N-Triples lines, sorted over all parts, each with a line feed;
   *     at most {@link #RDF_BYTES_MAX} compressed
   */
  record ImportPart(String importId, int index, int parts, byte[] lines) implements ControlContent {
    public ImportPart {
      lines = lines.clone();
    }

    @Override
    public byte[] lines() {
      return lines.clone();
    }

    @Override
    public ControlKind kind() {
      return ControlKind.IMPORT_PART;
    }
  }

  /**
   * Asks that the parts that were sent become part of the sector's ontology, as one change.
   *
   * @param triples in all parts together
   * @param namespaces of the ontologies, which the sector adopts: from then on it may speak of what
   *     is in them. Sorted.
   */
  record ImportOntology(
      String importId,
      int parts,
      long triples,
      List<String> namespaces,
      String summary,
      boolean dryRun)
      implements ControlContent {
    public ImportOntology {
      namespaces = namespaces.stream().sorted().distinct().toList();
    }

    @Override
    public ControlKind kind() {
      return ControlKind.IMPORT;
    }
  }

  /**
   * Asks that a guard may be weakened for a while.
   *
   * @param guard IRI of the guard, without angle brackets
   * @param durationMs how long, from the approval; at most 7 days
   */
  record RelaxGuard(String guard, long durationMs, String reason) implements ControlContent {
    @Override
    public ControlKind kind() {
      return ControlKind.RELAXATION;
    }
  }

  /**
   * A doctrine rule that is added, or takes the place of an older version, or is retired.
   *
   * @param rule as it shall be; for a retirement, as it is
   */
  record ChangeDoctrine(boolean retire, DoctrineRule rule, String reason)
      implements ControlContent {
    @Override
    public ControlKind kind() {
      return ControlKind.DOCTRINE;
    }
  }

  /**
   * What a person may do, from then on.
   *
   * @param person name, the same for all of that person's keys
   * @param roles all roles the person shall have; empty with no key: the person may do nothing more
   * @param addKey public key as PEM (SubjectPublicKeyInfo), else empty
   * @param revokeKey id of a key that counts no more, else empty
   */
  record ChangeApprover(
      String person, SortedSet<Role> roles, String addKey, String revokeKey, String reason)
      implements ControlContent {
    public ChangeApprover {
      roles = new TreeSet<>(roles);
    }

    @Override
    public ControlKind kind() {
      return ControlKind.APPROVER;
    }
  }

  /**
   * Asks for what an earlier snapshot said to be said again.
   *
   * @param snapshotId 64 hex digits
   */
  record RollBack(String snapshotId, String reason) implements ControlContent {
    @Override
    public ControlKind kind() {
      return ControlKind.ROLLBACK;
    }
  }

  /**
   * A vote.
   *
   * @param ballot {@link Ballot#hash} of what the voter saw
   * @param reason needed for a rejection
   * @param producerFault with a rejection: the data was wrong, not the knowledge
   */
  record Vote(String request, String ballot, Choice choice, String reason, boolean producerFault)
      implements ControlContent {
    @Override
    public ControlKind kind() {
      return ControlKind.VOTE;
    }
  }

  /** Takes back what the signer asked for. */
  record Withdraw(String request, String reason) implements ControlContent {
    @Override
    public ControlKind kind() {
      return ControlKind.WITHDRAWAL;
    }
  }

  /**
   * Stops something in a sector, or lets it go on.
   *
   * @param release whether it may go on
   * @param change for {@link HoldTarget#CHANGE}: the {@link io.knhk.schemas.knowledge.Elements
   *     element} or the id of the proposal that is held; else empty
   */
  record Hold(boolean release, HoldTarget target, String change, String reason)
      implements ControlContent {
    @Override
    public ControlKind kind() {
      return ControlKind.HOLD;
    }
  }

  /** What a voter says. */
  enum Choice {
    APPROVE,
    REJECT,
    /** Counts as seen, for nothing else. */
    ABSTAIN
  }

  /** What can be stopped. */
  enum HoldTarget {
    /** No snapshot is promoted. */
    PROMOTIONS,
    /** Nothing is proposed by the loop. */
    PROPOSALS,
    /** One change, which was rejected or rolled back, is not proposed again. */
    CHANGE
  }
}
