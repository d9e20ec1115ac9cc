package io.knhk.cli.verify;

import java.util.List;

/**
 * What an audit found.
 *
 * @param chains one for each (log, sector) that was seen, in order
 * @param proved sentences, each true for every chain without a problem
 * @param unproved sentences: what this audit could not see
 */
public record AuditReport(List<Chain> chains, List<String> proved, List<String> unproved) {
  public AuditReport {
    chains = List.copyOf(chains);
    proved = List.copyOf(proved);
    unproved = List.copyOf(unproved);
  }

  /** How many receipts were read. */
  public long receipts() {
    return chains.stream().mapToLong(Chain::receipts).sum();
  }

  /** How many of them were found to be right in themselves and in their place. */
  public long verified() {
    return chains.stream().mapToLong(Chain::verified).sum();
  }

  /** How many problems were found. */
  public long problems() {
    return chains.stream().mapToLong(Chain::problemCount).sum();
  }

  /** How often the loop went on from the committed log with older state, over all chains. */
  public long restored() {
    return chains.stream().mapToLong(Chain::restoredCount).sum();
  }

  /** How many decisions were approved by keys that everybody has, over all chains. */
  public long demonstrations() {
    return chains.stream().mapToLong(Chain::demonstrationCount).sum();
  }

  /** True if there was nothing to verify, which proves nothing. */
  public boolean isEmpty() {
    return receipts() == 0 && problems() == 0;
  }

  /** True if at least one receipt was verified and no problem was found. */
  public boolean isValid() {
    return receipts() > 0 && problems() == 0;
  }

  /**
   * The receipts of one sector in one log.
   *
   * @param receipts how many were read
   * @param verified how many were right
   * @param verifiedUpTo the last number up to which all are right, -1 if not even the first is
   * @param lastHash id of the receipt under that number, empty if there is none
   * @param problemCount how many problems there are
   * @param problems the first {@link LedgerAudit#PROBLEMS_MAX} of them
   * @param accepted what is not as it should be and a person accepted with a reason, so that it is
   *     no problem
   * @param restoredCount how often the loop went on from the committed log with older state
   * @param restored the first {@link LedgerAudit#PROBLEMS_MAX} of these
   * @param demonstrationCount how many decisions were approved by keys that {@code up} writes for
   *     everybody to try
   */
  public record Chain(
      String log,
      String sector,
      long receipts,
      long verified,
      long verifiedUpTo,
      String lastHash,
      long problemCount,
      List<Problem> problems,
      List<Accepted> accepted,
      long restoredCount,
      List<Restored> restored,
      long demonstrationCount) {
    public Chain {
      problems = List.copyOf(problems);
      accepted = List.copyOf(accepted);
      restored = List.copyOf(restored);
    }
  }

  /**
   * One thing that is wrong.
   *
   * @param seq number under which it was found, -1 where it has none
   * @param what {@code expected <rule>: name=value, limit=value}
   */
  public record Problem(long seq, String what) {}

  /**
   * What a person accepted.
   *
   * @param seq number under which it was found, -1 where it has none
   * @param what it is, who accepted it, when and why
   */
  public record Accepted(long seq, String what) {}

  /**
   * A LedgerRestored receipt.
   *
   * @param reason what the person said who accepted the older state
   */
  public record Restored(long seq, String reason) {}
}
