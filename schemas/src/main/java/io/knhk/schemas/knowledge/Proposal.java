package io.knhk.schemas.knowledge;

/**
 * A change that somebody, or a proposer, would make.
 *
 * @param id SHA-256 of the canonical content, 64 hex digits
 * @param element what it is about, see {@link Elements}
 * @param rule name of the proposer's rule that made it
 * @param loosens whether what did not conform would conform because a range, a type or a guard got
 *     wider; such a change never promotes by itself
 * @param confidence of the pattern behind it, 0 to 1
 * @param patternId the pattern behind it, or the message of the person who asks for it
 * @param basisVersion version of the snapshot it was made against
 * @param basisSnapshotId its id
 * @param summary one sentence for a person
 */
public record Proposal(
    String id,
    String sector,
    String element,
    String rule,
    boolean loosens,
    double confidence,
    String patternId,
    long basisVersion,
    String basisSnapshotId,
    long eventTimeMs,
    long recordedAtMs,
    String summary,
    Delta delta) {
  /** Rule of a change that a person wrote. */
  public static final String BY_HAND = "by-hand";

  /** Rule of an ontology that a person imported. */
  public static final String IMPORT = "import";

  /** Rule of a change back to what an earlier snapshot said. */
  public static final String ROLLBACK = "rollback";

  /** The same with another delta, for instance none where the triples are kept elsewhere. */
  public Proposal with(Delta other) {
    return new Proposal(
        id,
        sector,
        element,
        rule,
        loosens,
        confidence,
        patternId,
        basisVersion,
        basisSnapshotId,
        eventTimeMs,
        recordedAtMs,
        summary,
        other);
  }

  /** The same, decided at another time; its id stays. */
  public Proposal at(long otherMs) {
    return new Proposal(
        id,
        sector,
        element,
        rule,
        loosens,
        confidence,
        patternId,
        basisVersion,
        basisSnapshotId,
        eventTimeMs,
        otherMs,
        summary,
        delta);
  }

  /** Whether it may be beyond {@link Delta#TRIPLES_MAX}: an import, or a way back. */
  public boolean isBulk() {
    return rule.equals(IMPORT) || rule.equals(ROLLBACK);
  }
}
