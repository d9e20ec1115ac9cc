package io.knhk.jobs.loop;

import io.knhk.jobs.KafkaOptions;
import io.knhk.jobs.LedgerOptions;
import io.knhk.jobs.Required;
import io.knhk.knowledge.ValidationLimits;
import io.knhk.knowledge.governance.GovernanceOptions;
import io.knhk.operators.execute.Evolution;
import io.knhk.operators.record.StartPolicy;
import io.knhk.schemas.Sectors;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;

/**
 * How ClosedLoopJob runs, checked once.
 *
 * @param log name of the ledger
 * @param start what a person allowed of state that does not fit the ledger
 * @param signingKeyFile PEM file with the Ed25519 key, on the client and on every TaskManager
 * @param trustedKeysFile PEM file with the public keys whose snapshots and ticks are believed, read
 *     by the client
 * @param governanceFile the persons and rules that sectors begin with, read by the client; empty:
 *     none
 */
public record ClosedLoopOptions(
    KafkaOptions kafka,
    String log,
    StartPolicy start,
    String signingKeyFile,
    String trustedKeysFile,
    Duration allowedDisorder,
    int subjectsMax,
    int unknownTypesMax,
    Map<String, Evolution> evolution,
    int proposalsPerHour,
    Duration tickInterval,
    Duration watchAfterPromotion,
    String governanceFile,
    GovernanceOptions governance,
    ValidationLimits validation) {
  public static final ConfigOption<String> SIGNING_KEY_FILE =
      ConfigOptions.key("knhk.keys.signing-file")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "PEM file (PKCS#8) with the Ed25519 key that signs receipts and snapshots. It must be on the client and on"
                  + " every TaskManager, readable by its owner alone. The key itself is never in the job graph, in state or in"
                  + " logs.");

  public static final ConfigOption<Duration> ALLOWED_DISORDER =
      ConfigOptions.key("knhk.monitor.allowed-disorder")
          .durationType()
          .defaultValue(Duration.ofMinutes(1))
          .withDescription(
              "How far behind the largest time of its source an observation may be without being late. A late one is"
                  + " receipted like the rest, but no window waits for it.");

  public static final ConfigOption<Integer> SUBJECTS_MAX =
      ConfigOptions.key("knhk.analyze.subjects-max")
          .intType()
          .defaultValue(1_000_000)
          .withDescription(
              "Watched subjects an event type. Beyond it the one heard longest ago is forgotten and counted.");

  public static final ConfigOption<Integer> UNKNOWN_TYPES_MAX =
      ConfigOptions.key("knhk.analyze.unknown-types-max")
          .intType()
          .defaultValue(1_000)
          .withDescription(
              "Event types a sector that its ontology does not know. Beyond it the one heard longest ago is forgotten and"
                  + " counted.");

  public static final ConfigOption<Map<String, String>> EVOLUTION =
      ConfigOptions.key("knhk.execute.evolution")
          .mapType()
          .defaultValue(Map.of())
          .withDescription(
              "How far each sector may change by itself, for instance finance:evolve,energy:freeze. freeze: nothing is"
                  + " proposed. propose (for sectors not named): everything waits for people. evolve: an addition of high"
                  + " confidence promotes by itself; what loosens a range, a type or a guard never does.");

  public static final ConfigOption<Double> CONFIDENCE_MIN =
      ConfigOptions.key("knhk.execute.confidence-min")
          .doubleType()
          .defaultValue(0.9)
          .withDescription("Confidence, 0 to 1, from which an addition may promote by itself.");

  public static final ConfigOption<Integer> PROPOSALS_PER_HOUR =
      ConfigOptions.key("knhk.plan.proposals-per-hour")
          .intType()
          .defaultValue(10)
          .withDescription(
              "Proposals an hour of recorded time a sector; more are suppressed and counted.");

  public static final ConfigOption<Integer> PENDING_MAX =
      ConfigOptions.key("knhk.execute.pending-max")
          .intType()
          .defaultValue(1_000)
          .withDescription(
              "Proposals a sector that wait for people at once; more are suppressed and counted.");

  public static final ConfigOption<Duration> PROPOSAL_EXPIRY =
      ConfigOptions.key("knhk.execute.proposal-expiry")
          .durationType()
          .defaultValue(Duration.ofDays(7))
          .withDescription("Recorded time after which a proposal that waits for people ends.");

  public static final ConfigOption<Duration> TICK_INTERVAL =
      ConfigOptions.key("knhk.tick.interval")
          .durationType()
          .defaultValue(Duration.ofSeconds(5))
          .withDescription("How often a tick tells the operators that recorded time has passed.");

  public ClosedLoopOptions {
    evolution = Map.copyOf(evolution);
    if (tickInterval.compareTo(Duration.ofMillis(100)) < 0) {
      throw new IllegalArgumentException(
          "expected at least 100 ms: " + TICK_INTERVAL.key() + "=" + tickInterval);
    }
  }

  /**
   * @throws IllegalArgumentException that names the option and what was expected of it
   */
  public static ClosedLoopOptions from(ReadableConfig config) {
    return new ClosedLoopOptions(
        KafkaOptions.from(config),
        config.get(LedgerOptions.LOG),
        new StartPolicy(
            config.get(LedgerOptions.NEW_LOG), config.get(LedgerOptions.ACCEPT_REGRESSION)),
        Required.of(config, SIGNING_KEY_FILE),
        Required.of(config, LedgerOptions.TRUSTED_KEYS_FILE),
        config.get(ALLOWED_DISORDER),
        config.get(SUBJECTS_MAX),
        config.get(UNKNOWN_TYPES_MAX),
        evolution(config.get(EVOLUTION)),
        config.get(PROPOSALS_PER_HOUR),
        config.get(TICK_INTERVAL),
        config.get(ValidationSettings.WATCH),
        config.get(GovernanceSettings.FILE),
        GovernanceSettings.from(config),
        ValidationSettings.from(config));
  }

  private static Map<String, Evolution> evolution(Map<String, String> given) {
    Map<String, Evolution> evolution = new HashMap<>();
    given.forEach(
        (sector, name) -> {
          if (!Sectors.isKnown(sector)) {
            throw new IllegalArgumentException(
                "expected a sector of " + Sectors.ALL + ": " + EVOLUTION.key() + "=" + sector);
          }
          evolution.put(sector, evolution(sector, name));
        });
    return evolution;
  }

  private static Evolution evolution(String sector, String name) {
    try {
      return Evolution.valueOf(name.trim().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "expected freeze, propose or evolve: " + EVOLUTION.key() + "=" + sector + ":" + name, e);
    }
  }
}
