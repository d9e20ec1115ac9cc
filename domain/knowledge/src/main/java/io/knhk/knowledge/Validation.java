package io.knhk.knowledge;

import io.knhk.schemas.knowledge.CompiledType;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the pipeline found of a candidate: a result of each stage, and the snapshot it would become
 * if none of them failed. The measured times are beside the results, and no part of them.
 */
public final class Validation {
  private final List<StageResult> stages;
  private final SortedMap<String, Long> measuredNs;
  private final @Nullable Snapshot shadow;
  private final @Nullable CompiledChange change;
  private final @Nullable Compatibility compatibility;
  private final List<ShadowTestResult> shadowTests;

  Validation(
      List<StageResult> stages,
      SortedMap<String, Long> measuredNs,
      @Nullable Snapshot shadow,
      @Nullable CompiledChange change,
      @Nullable Compatibility compatibility,
      List<ShadowTestResult> shadowTests) {
    this.stages = List.copyOf(stages);
    this.measuredNs = Collections.unmodifiableSortedMap(new TreeMap<>(measuredNs));
    this.shadow = shadow;
    this.change = change;
    this.compatibility = compatibility;
    this.shadowTests = List.copyOf(shadowTests);
  }

  /** One for each of {@link ValidationPipeline#STAGES}, in that order. */
  public List<StageResult> stages() {
    return stages;
  }

  /** Whether no stage failed. */
  public boolean passed() {
    return failure().isEmpty();
  }

  /** The first stage that failed; empty when none did. */
  public Optional<StageResult.Failed> failure() {
    for (StageResult stage : stages) {
      if (stage instanceof StageResult.Failed failed) {
        return Optional.of(failed);
      }
    }
    return Optional.empty();
  }

  /** The head after the change; empty when a stage failed. */
  public Optional<Snapshot> shadow() {
    return passed() ? Optional.ofNullable(shadow) : Optional.empty();
  }

  /** All event types after the change, in order of name; empty when a stage failed. */
  public Optional<List<CompiledType>> compiled() {
    return passed() ? change().map(CompiledChange::types) : Optional.empty();
  }

  /** What the change does to what runs; empty when that could not be compiled. */
  public Optional<CompiledChange> change() {
    return Optional.ofNullable(change);
  }

  /** Empty when what the change leads to could not be compiled. */
  public Optional<Compatibility> compatibility() {
    return Optional.ofNullable(compatibility);
  }

  /** The sector's shadow tests that were run, in order of IRI. */
  public List<ShadowTestResult> shadowTests() {
    return shadowTests;
  }

  /**
   * Nanoseconds by the name of the stage, of those that ran. They decide nothing and belong in no
   * id: a replay measures others.
   */
  public SortedMap<String, Long> measuredNs() {
    return measuredNs;
  }
}
