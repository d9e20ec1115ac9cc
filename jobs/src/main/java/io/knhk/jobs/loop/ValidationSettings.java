package io.knhk.jobs.loop;

import io.knhk.knowledge.ValidationLimits;
import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;

/** Options of the validation: the figures that the stages hold a change against. */
public final class ValidationSettings {
  public static final ConfigOption<Integer> HOT_STEPS_MAX =
      ConfigOptions.key("knhk.validation.hot-steps-max")
          .intType()
          .defaultValue(8)
          .withDescription("Steps of any compiled check of a value or an attribute (Q3, Q4).");

  public static final ConfigOption<Duration> WARM_WORK_MAX =
      ConfigOptions.key("knhk.validation.warm-work-max")
          .durationType()
          .defaultValue(Duration.ofMillis(100))
          .withDescription(
              "Counted work of compiling and broadcasting a change, times its costs (Q4).");

  public static final ConfigOption<MemorySize> MEMORY_MAX =
      ConfigOptions.key("knhk.validation.memory-max")
          .memoryType()
          .defaultValue(MemorySize.ofMebiBytes(1024))
          .withDescription(
              "What a sector's compiled form and watched keys may take, as counted (Q5).");

  public static final ConfigOption<Duration> TAIL_MAX =
      ConfigOptions.key("knhk.validation.tail-max")
          .durationType()
          .defaultValue(Duration.ofMillis(500))
          .withDescription(
              "Counted work of judging all keys of an event type at once, times its costs (Q5).");

  public static final ConfigOption<Double> NON_CONFORMING_SHARE_MAX =
      ConfigOptions.key("knhk.validation.non-conforming-share-max")
          .doubleType()
          .defaultValue(0.01)
          .withDescription(
              "Share, 0 to 1, of recent observations that a change may break: before it is "
                  + "promoted (Q2) and, on the stream, after it, when it is rolled back.");

  public static final ConfigOption<Duration> WATCH =
      ConfigOptions.key("knhk.validation.watch-after-promotion")
          .durationType()
          .defaultValue(Duration.ofHours(1))
          .withDescription(
              "Recorded time for which what a promotion does to observations is watched.");

  public static final ConfigOption<Long> OBSERVATION_MAX_NS =
      ConfigOptions.key("knhk.validation.observation-max-ns")
          .longType()
          .defaultValue(2_000L)
          .withDescription(
              "Budget in nanoseconds of checking one observation, as counted (performance).");

  public static final ConfigOption<Duration> FULL_SHAPES_MAX =
      ConfigOptions.key("knhk.validation.full-shapes-max")
          .durationType()
          .defaultValue(Duration.ofSeconds(1))
          .withDescription(
              "Time for the shapes whose dependence on a change has no bound, which are "
                  + "evaluated in full (static).");

  public static final ConfigOption<Integer> SHADOW_TESTS_MAX =
      ConfigOptions.key("knhk.validation.shadow-tests-max")
          .intType()
          .defaultValue(100)
          .withDescription("Shadow tests of a sector.");

  public static final ConfigOption<Duration> SHADOW_TESTS_TIME_MAX =
      ConfigOptions.key("knhk.validation.shadow-tests-time-max")
          .durationType()
          .defaultValue(Duration.ofSeconds(5))
          .withDescription("Time for all shadow tests of a sector together.");

  public static final ConfigOption<Double> STEP_NS =
      ConfigOptions.key("knhk.validation.cost.step-ns")
          .doubleType()
          .defaultValue(5.0)
          .withDescription("Calibrated cost in nanoseconds of one step of a compiled check.");

  public static final ConfigOption<Double> BYTE_NS =
      ConfigOptions.key("knhk.validation.cost.byte-ns")
          .doubleType()
          .defaultValue(0.5)
          .withDescription("Of one byte of text that a check hashes or compares.");

  public static final ConfigOption<Double> NODE_NS =
      ConfigOptions.key("knhk.validation.cost.node-ns")
          .doubleType()
          .defaultValue(20_000.0)
          .withDescription("Of looking up what is said of one node.");

  public static final ConfigOption<Double> PROPERTY_NS =
      ConfigOptions.key("knhk.validation.cost.property-ns")
          .doubleType()
          .defaultValue(20_000.0)
          .withDescription("Of compiling one attribute of one event type.");

  public static final ConfigOption<Double> COMPILED_BYTE_NS =
      ConfigOptions.key("knhk.validation.cost.compiled-byte-ns")
          .doubleType()
          .defaultValue(60.0)
          .withDescription(
              "Of encoding, signing, sending and decoding one byte of a compiled snapshot.");

  public static final ConfigOption<Double> JUDGED_NS =
      ConfigOptions.key("knhk.validation.cost.judged-ns")
          .doubleType()
          .defaultValue(300.0)
          .withDescription("Of one detector judging one bucket of one key.");

  public static final ConfigOption<Long> KEY_BYTES =
      ConfigOptions.key("knhk.validation.cost.key-bytes")
          .longType()
          .defaultValue(512L)
          .withDescription("Bytes of state of one watched key.");

  public static final ConfigOption<Long> TYPE_KEYS =
      ConfigOptions.key("knhk.validation.cost.type-keys")
          .longType()
          .defaultValue(1_000L)
          .withDescription("Keys of an event type that is watched as a whole.");

  public static final ConfigOption<Long> SUBJECT_KEYS =
      ConfigOptions.key("knhk.validation.cost.subject-keys")
          .longType()
          .defaultValue(100_000L)
          .withDescription("Keys of an event type each of whose subjects is watched.");

  public static final ConfigOption<Duration> CATCH_UP =
      ConfigOptions.key("knhk.validation.cost.catch-up")
          .durationType()
          .defaultValue(Duration.ofMinutes(1))
          .withDescription("Event time that may have to be judged at once after a gap.");

  private ValidationSettings() {}

  /**
   * @throws IllegalArgumentException that names what was expected
   */
  static ValidationLimits from(ReadableConfig config) {
    return ValidationLimits.builder()
        .hotStepsMax(config.get(HOT_STEPS_MAX))
        .warmWorkMsMax(config.get(WARM_WORK_MAX).toMillis())
        .memoryBytesMax(config.get(MEMORY_MAX).getBytes())
        .tailMsMax(config.get(TAIL_MAX).toMillis())
        .nonConformingShareMax(config.get(NON_CONFORMING_SHARE_MAX))
        .observationNsMax(config.get(OBSERVATION_MAX_NS))
        .fullShapesMsMax(config.get(FULL_SHAPES_MAX).toMillis())
        .shadowTestsMax(config.get(SHADOW_TESTS_MAX))
        .shadowTestsMsMax(config.get(SHADOW_TESTS_TIME_MAX).toMillis())
        .costs(
            new ValidationLimits.Costs(
                config.get(STEP_NS),
                config.get(BYTE_NS),
                config.get(NODE_NS),
                config.get(PROPERTY_NS),
                config.get(COMPILED_BYTE_NS),
                config.get(JUDGED_NS),
                config.get(KEY_BYTES),
                config.get(TYPE_KEYS),
                config.get(SUBJECT_KEYS),
                config.get(CATCH_UP).toMillis()))
        .build();
  }
}
