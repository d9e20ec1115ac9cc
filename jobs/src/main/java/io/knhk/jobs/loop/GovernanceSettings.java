package io.knhk.jobs.loop;

import io.knhk.knowledge.governance.GovernanceOptions;
import io.knhk.knowledge.governance.GovernanceOptions.Level;
import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;

/** Options of governance: who begins with what authority, quorums, reviews and lifetimes. */
public final class GovernanceSettings {
  public static final ConfigOption<String> FILE =
      ConfigOptions.key("knhk.governance.file")
          .stringType()
          .defaultValue("")
          .withDescription(
              "JSON file with the persons and doctrine rules that each sector begins with, read by the"
                  + " client. Without one nobody can approve anything. What it says counts when a"
                  + " sector begins; afterwards only approved requests change it.");

  public static final ConfigOption<Integer> CRITICAL_QUORUM =
      ConfigOptions.key("knhk.governance.critical.quorum")
          .intType()
          .defaultValue(3)
          .withDescription(
              "People who have to agree to what is critical: relaxing a critical guard, "
                  + "changing who may do what, mandatory doctrine.");

  public static final ConfigOption<Duration> CRITICAL_REVIEW =
      ConfigOptions.key("knhk.governance.critical.review")
          .durationType()
          .defaultValue(Duration.ofHours(24))
          .withDescription(
              "Recorded time that has to pass before what is critical can be approved.");

  public static final ConfigOption<Integer> HIGH_QUORUM =
      ConfigOptions.key("knhk.governance.high.quorum")
          .intType()
          .defaultValue(2)
          .withDescription(
              "The same of what is high: relaxing such a guard, other doctrine, an import.");

  public static final ConfigOption<Duration> HIGH_REVIEW =
      ConfigOptions.key("knhk.governance.high.review")
          .durationType()
          .defaultValue(Duration.ofHours(12))
          .withDescription("The same of what is high.");

  public static final ConfigOption<Integer> MEDIUM_QUORUM =
      ConfigOptions.key("knhk.governance.medium.quorum")
          .intType()
          .defaultValue(1)
          .withDescription("The same of what is medium: relaxing such a guard, a rollback.");

  public static final ConfigOption<Duration> MEDIUM_REVIEW =
      ConfigOptions.key("knhk.governance.medium.review")
          .durationType()
          .defaultValue(Duration.ofHours(1))
          .withDescription("The same of what is medium.");

  public static final ConfigOption<Integer> LOW_QUORUM =
      ConfigOptions.key("knhk.governance.low.quorum")
          .intType()
          .defaultValue(1)
          .withDescription("The same of what is low: any other change.");

  public static final ConfigOption<Duration> LOW_REVIEW =
      ConfigOptions.key("knhk.governance.low.review")
          .durationType()
          .defaultValue(Duration.ZERO)
          .withDescription("The same of what is low.");

  public static final ConfigOption<Duration> RELAXATION_MAX =
      ConfigOptions.key("knhk.governance.relaxation-max")
          .durationType()
          .defaultValue(Duration.ofDays(7))
          .withDescription("The longest time for which a guard may be relaxed.");

  public static final ConfigOption<Duration> MESSAGE_LIFETIME_MAX =
      ConfigOptions.key("knhk.governance.message-lifetime-max")
          .durationType()
          .defaultValue(Duration.ofDays(1))
          .withDescription(
              "How far ahead of its LogAppendTime the expiry of a control message may be.");

  private GovernanceSettings() {}

  /**
   * @throws IllegalArgumentException that names what was expected
   */
  static GovernanceOptions from(ReadableConfig config) {
    GovernanceOptions defaults = GovernanceOptions.DEFAULTS;
    return new GovernanceOptions(
        level(config, CRITICAL_QUORUM, CRITICAL_REVIEW),
        level(config, HIGH_QUORUM, HIGH_REVIEW),
        level(config, MEDIUM_QUORUM, MEDIUM_REVIEW),
        level(config, LOW_QUORUM, LOW_REVIEW),
        config.get(ClosedLoopOptions.PROPOSAL_EXPIRY).toMillis(),
        config.get(ClosedLoopOptions.PENDING_MAX),
        // What one element can end at once is remembered until it is carried out.
        Math.max(defaults.endedMax(), 2 * config.get(ClosedLoopOptions.PENDING_MAX)),
        config.get(RELAXATION_MAX).toMillis(),
        config.get(MESSAGE_LIFETIME_MAX).toMillis(),
        defaults.personsMax(),
        defaults.keysAPersonMax(),
        defaults.rulesMax(),
        defaults.heldChangesMax(),
        config.get(ClosedLoopOptions.CONFIDENCE_MIN));
  }

  private static Level level(
      ReadableConfig config, ConfigOption<Integer> quorum, ConfigOption<Duration> review) {
    return new Level(config.get(quorum), config.get(review).toMillis());
  }
}
