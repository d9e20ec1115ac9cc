package io.knhk.knowledge.governance;

import io.knhk.schemas.control.ControlMessage;
import java.io.Serializable;

/**
 * Quorums, times and limits, the same for every sector.
 *
 * @param expiryMs after which an open request ends
 * @param pendingMax open requests; likewise relaxations in force
 * @param endedMax requests that are over and still answered for, the latest
 * @param relaxationMsMax the longest relaxation
 * @param messageLifetimeMsMax how far ahead the expiry of a message may be
 * @param personsMax persons, those who may do nothing any more among them
 * @param keysAPersonMax keys of one person, revoked ones among them
 * @param rulesMax doctrine rules, retired ones among them
 * @param heldChangesMax changes that are held; at the limit the loop proposes nothing more
 * @param confidenceMin of what promotes by itself, 0 to 1
 */
public record GovernanceOptions(
    Level critical,
    Level high,
    Level medium,
    Level low,
    long expiryMs,
    int pendingMax,
    int endedMax,
    long relaxationMsMax,
    long messageLifetimeMsMax,
    int personsMax,
    int keysAPersonMax,
    int rulesMax,
    int heldChangesMax,
    double confidenceMin)
    implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final long HOUR_MS = 3_600_000;
  private static final long DAY_MS = 24 * HOUR_MS;

  public static final GovernanceOptions DEFAULTS =
      new GovernanceOptions(
          new Level(3, 24 * HOUR_MS),
          new Level(2, 12 * HOUR_MS),
          new Level(1, HOUR_MS),
          new Level(1, 0),
          7 * DAY_MS,
          1_000,
          1_000,
          7 * DAY_MS,
          ControlMessage.LIFETIME_MS_MAX,
          1_000,
          16,
          256,
          1_000,
          0.9);

  public GovernanceOptions {
    long shortest =
        Math.max(
            Math.max(critical.reviewMs(), high.reviewMs()),
            Math.max(medium.reviewMs(), low.reviewMs()));
    if (expiryMs <= shortest) {
      throw new IllegalArgumentException(
          "expected requests to live longer than any review: expiryMs="
              + expiryMs
              + ", reviewMs="
              + shortest);
    }
    if (relaxationMsMax < 1
        || messageLifetimeMsMax < 1
        || pendingMax < 1
        || endedMax < 1
        || personsMax < 1
        || keysAPersonMax < 1
        || rulesMax < 1
        || heldChangesMax < 1
        || !(confidenceMin >= 0 && confidenceMin <= 1)) {
      throw new IllegalArgumentException(
          "expected positive limits and a confidence from 0 to 1: relaxationMsMax="
              + relaxationMsMax
              + ", messageLifetimeMsMax="
              + messageLifetimeMsMax
              + ", pendingMax="
              + pendingMax
              + ", endedMax="
              + endedMax
              + ", personsMax="
              + personsMax
              + ", keysAPersonMax="
              + keysAPersonMax
              + ", rulesMax="
              + rulesMax
              + ", heldChangesMax="
              + heldChangesMax
              + ", confidenceMin="
              + confidenceMin);
    }
  }

  public Level of(Criticality criticality) {
    return switch (criticality) {
      case CRITICAL -> critical;
      case HIGH -> high;
      case MEDIUM -> medium;
      case LOW -> low;
    };
  }

  /** The same with another level for one criticality. */
  public GovernanceOptions with(Criticality criticality, Level level) {
    return new GovernanceOptions(
        criticality == Criticality.CRITICAL ? level : critical,
        criticality == Criticality.HIGH ? level : high,
        criticality == Criticality.MEDIUM ? level : medium,
        criticality == Criticality.LOW ? level : low,
        expiryMs,
        pendingMax,
        endedMax,
        relaxationMsMax,
        messageLifetimeMsMax,
        personsMax,
        keysAPersonMax,
        rulesMax,
        heldChangesMax,
        confidenceMin);
  }

  /** The same with other times and limits of requests. */
  public GovernanceOptions withRequests(long expiryMs, int pendingMax, int endedMax) {
    return new GovernanceOptions(
        critical,
        high,
        medium,
        low,
        expiryMs,
        pendingMax,
        endedMax,
        relaxationMsMax,
        messageLifetimeMsMax,
        personsMax,
        keysAPersonMax,
        rulesMax,
        heldChangesMax,
        confidenceMin);
  }

  /** The same with other limits of the registry, the doctrine and of what is held. */
  public GovernanceOptions withLimits(
      int personsMax, int keysAPersonMax, int rulesMax, int heldChangesMax) {
    return new GovernanceOptions(
        critical,
        high,
        medium,
        low,
        expiryMs,
        pendingMax,
        endedMax,
        relaxationMsMax,
        messageLifetimeMsMax,
        personsMax,
        keysAPersonMax,
        rulesMax,
        heldChangesMax,
        confidenceMin);
  }

  /** The largest quorum of all. */
  int quorumMax() {
    return Math.max(
        Math.max(critical.quorum(), high.quorum()), Math.max(medium.quorum(), low.quorum()));
  }

  /**
   * What one criticality asks for.
   *
   * @param quorum people who have to agree, at least 1
   * @param reviewMs time that has to pass first
   */
  public record Level(int quorum, long reviewMs) implements Serializable {
    private static final long serialVersionUID = 1L;

    public Level {
      if (quorum < 1 || quorum > 16 || reviewMs < 0) {
        throw new IllegalArgumentException(
            "expected a quorum from 1 to 16 and a review that is not negative: quorum="
                + quorum
                + ", reviewMs="
                + reviewMs);
      }
    }
  }
}
