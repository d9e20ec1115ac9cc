package io.knhk.knowledge.governance;

import java.util.Locale;

/** Where a request stands. */
public enum RequestState {
  /** Known, and not yet open to anything; every history begins with it. */
  SUBMITTED,
  /** People look at it. Votes count, and nothing is decided before the review is over. */
  UNDER_REVIEW,
  /** So many more have to agree as {@link Request#approvalsNeeded} says. */
  APPROVALS_PENDING,
  /** Enough have agreed; it is being carried out, or was. */
  APPROVED,
  /** Somebody who may vote said no. */
  REJECTED,
  /** Who asked for it took it back. */
  REVOKED,
  /** Nobody decided in time. */
  EXPIRED,
  /** It was approved, or needed no approval, and could not be carried out. */
  REFUSED;

  public boolean isOpen() {
    return switch (this) {
      case SUBMITTED, UNDER_REVIEW, APPROVALS_PENDING -> true;
      case APPROVED, REJECTED, REVOKED, EXPIRED, REFUSED -> false;
    };
  }

  /** As in documents: {@code approvals-pending}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
