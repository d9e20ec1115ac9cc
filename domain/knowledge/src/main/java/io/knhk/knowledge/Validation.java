package io.knhk.knowledge;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the pipeline found of a candidate: the stages that ran, and the snapshot it would become if
 * all of them passed.
 */
public final class Validation {
  private final List<StageResult> stages;
  private final @Nullable Snapshot shadow;

  Validation(List<StageResult> stages, @Nullable Snapshot shadow) {
    this.stages = List.copyOf(stages);
    this.shadow = shadow;
  }

  /** In the order in which they ran; the last one failed unless {@link #passed()}. */
  public List<StageResult> stages() {
    return stages;
  }

  public boolean passed() {
    return shadow != null;
  }

  /** The head after the change; empty when a stage failed. */
  public Optional<Snapshot> shadow() {
    return Optional.ofNullable(shadow);
  }

  /** The stage that failed; empty when all passed. */
  public Optional<StageResult.Failed> failure() {
    return stages.get(stages.size() - 1) instanceof StageResult.Failed failed
        ? Optional.of(failed)
        : Optional.empty();
  }
}
