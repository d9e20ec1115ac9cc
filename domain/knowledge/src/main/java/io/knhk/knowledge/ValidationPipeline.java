package io.knhk.knowledge;

import io.knhk.knowledge.Snapshot.Applied;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.Delta;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.jena.graph.Graph;
import org.jspecify.annotations.Nullable;

/**
 * Validates a change in a shadow copy, stage by stage. The first failure of the stages up to
 * performance stops those after it; rollback and compatibility are reported whatever was found,
 * unless there is no shadow. Each of {@link #STAGES} has a result: what was not asked says so.
 *
 * <p>Results are a function of the candidate and the limits alone. Between calls the pipeline
 * keeps, for each sector, the graph of the last head and the size of its compiled form, so that the
 * next change costs what it changes. Not thread-safe: one pipeline a task.
 */
public final class ValidationPipeline {
  /** Stages, in the order in which they run. */
  public static final List<String> STAGES =
      List.of(
          StaticStage.NAME,
          InvariantsStage.NAME,
          DoctrineStage.NAME,
          GuardsStage.NAME,
          PerformanceStage.NAME,
          RollbackStage.NAME,
          CompatibilityStage.NAME);

  /**
   * What the event types may take of a compiled snapshot; the rest is for the elements touched and
   * the header.
   */
  static final int COMPILED_BYTES_MAX = CompiledSnapshot.BYTES_MAX / 4 * 3;

  private static final String NOT_ASKED = "what this stage asks was not asked";

  private final StaticStage staticStage;
  private final ValidationLimits limits;
  private final LongSupplier nanoClock;
  private final Map<String, CompiledSize> sizes = new HashMap<>();

  private ValidationPipeline(
      StaticStage staticStage, ValidationLimits limits, LongSupplier nanoClock) {
    this.staticStage = staticStage;
    this.limits = limits;
    this.nanoClock = nanoClock;
  }

  /** With the shapes of the bundled core and the default limits; it measures no times. */
  public static ValidationPipeline bundled() {
    return bundled(ValidationLimits.DEFAULT, () -> 0);
  }

  /**
   * With the shapes of the bundled core.
   *
   * @param nanoClock for {@link Validation#measuredNs()}, and for limits on time
   */
  public static ValidationPipeline bundled(ValidationLimits limits, LongSupplier nanoClock) {
    return new ValidationPipeline(new StaticStage(limits, nanoClock), limits, nanoClock);
  }

  /** Runs the stages. Never throws because of what the candidate says. */
  public Validation validate(Candidate candidate) {
    return new Run(candidate).validate();
  }

  /** Bytes of the event types of a snapshot and of the shadow that it may become. */
  private record CompiledSize(String headId, long headBytes, String shadowId, long shadowBytes) {}

  /** One candidate being validated. */
  private final class Run {
    private final Candidate candidate;
    private final String sector;
    private final Delta delta;
    private final List<StageResult> stages = new ArrayList<>();
    private final SortedMap<String, Long> measuredNs = new TreeMap<>();
    private @Nullable Snapshot shadow;
    private @Nullable Graph headGraph;
    private @Nullable CompiledChange change;
    private @Nullable Compatibility compatibility;
    private List<ShadowTestResult> shadowTests = List.of();

    Run(Candidate candidate) {
      this.candidate = candidate;
      this.sector = candidate.proposal().sector();
      this.delta = candidate.proposal().delta();
    }

    Validation validate() {
      stages.add(timed(StaticStage.NAME, this::checkStatic));
      Snapshot next = shadow;
      CompiledChange compiled = change;
      ask(
          InvariantsStage.NAME,
          next == null || compiled == null ? null : () -> checkInvariants(next, compiled));
      ask(
          DoctrineStage.NAME,
          next == null || compiled == null ? null : () -> checkDoctrine(next, compiled));
      ask(GuardsStage.NAME, compiled == null ? null : () -> GuardsStage.check(candidate, compiled));
      ask(
          PerformanceStage.NAME,
          compiled == null ? null : () -> PerformanceStage.check(candidate, compiled, limits));
      report(
          RollbackStage.NAME,
          next == null ? null : () -> RollbackStage.check(candidate, next, compiled));
      report(CompatibilityStage.NAME, compiled == null ? null : () -> checkCompatibility(compiled));
      return new Validation(stages, measuredNs, next, compiled, compatibility, shadowTests);
    }

    private StageResult checkStatic() {
      List<Witness> malformed = staticStage.wellFormed(candidate.head(), candidate.proposal());
      if (!malformed.isEmpty()) {
        return staticStage.failed(delta, malformed);
      }
      Applied applied = candidate.head().apply(delta);
      if (applied instanceof Applied.Refused refused) {
        return staticStage.failed(delta, List.of(new Witness("", "", refused.detail())));
      }
      Snapshot next = ((Applied.Changed) applied).snapshot();
      shadow = next;
      try {
        ShadowGraph graph = staticStage.at(sector, candidate.head());
        StageResult result = staticStage.check(graph, candidate, next);
        headGraph = graph.graph();
        CompiledChange.Outcome outcome =
            CompiledChange.of(
                ShadowGraph.facts(graph.graph()), candidate.compiled(), delta, headBytes());
        return withCompiled(result, outcome, next.id());
      } catch (RuntimeException | StackOverflowError e) {
        // Jena overflows its stack on deep input with an Error; that is the input's fault and must
        // not restart the job.
        staticStage.forget(sector);
        return staticStage.failed(
            delta, List.of(new Witness("", "", "expected a shadow that can be validated: " + e)));
      }
    }

    /** The stage's verdict with what became of compiling the change, which is part of it. */
    private StageResult withCompiled(
        StageResult result, CompiledChange.Outcome outcome, String shadowId) {
      CompiledChange compiled = null;
      Witness witness = null;
      SortedMap<String, Long> figures = new TreeMap<>(result.figures());
      if (outcome instanceof CompiledChange.Outcome.Refused refused) {
        witness = new Witness("", "", refused.detail());
      } else {
        compiled = ((CompiledChange.Outcome.Compiled) outcome).change();
        change = compiled;
        sizes.put(
            sector,
            new CompiledSize(candidate.head().id(), headBytes(), shadowId, compiled.typesBytes()));
        figures.put("eventTypes", (long) compiled.types().size());
        figures.put("compiledBytes", compiled.typesBytes());
        if (compiled.typesBytes() > COMPILED_BYTES_MAX) {
          witness =
              new Witness(
                  "",
                  "",
                  "expected a compiled snapshot that can be broadcast: bytes="
                      + compiled.typesBytes()
                      + ", limit="
                      + COMPILED_BYTES_MAX);
        }
      }
      if (!(result instanceof StageResult.Passed passed)) {
        return result;
      }
      return witness == null
          ? new StageResult.Passed(StaticStage.NAME, result.checked(), figures, passed.remarks())
          : new StageResult.Failed(StaticStage.NAME, result.checked(), figures, List.of(witness));
    }

    private long headBytes() {
      CompiledSize size = sizes.get(sector);
      String headId = candidate.head().id();
      if (size != null && size.headId().equals(headId)) {
        return size.headBytes();
      }
      if (size != null && size.shadowId().equals(headId)) {
        return size.shadowBytes();
      }
      return CompiledChange.bytesOf(candidate.compiled().types());
    }

    private StageResult checkInvariants(Snapshot next, CompiledChange compiled) {
      Graph head = Objects.requireNonNull(headGraph, "the head's graph, which compiling rests on");
      ShadowTests.Outcome tests =
          ShadowTests.check(ShadowGraph.facts(head), head, compiled, sector, limits, nanoClock);
      shadowTests = tests.results();
      return InvariantsStage.check(candidate, next, compiled, tests.invariant(), limits);
    }

    private StageResult checkDoctrine(Snapshot next, CompiledChange compiled) {
      return DoctrineStage.check(candidate, next, compiled, CompatibilityStage.of(compiled));
    }

    private StageResult checkCompatibility(CompiledChange compiled) {
      compatibility = CompatibilityStage.of(compiled);
      return CompatibilityStage.check(compiled);
    }

    /** Runs one of the stages that stop at the first failure; {@code null}: there is no shadow. */
    private void ask(String stage, @Nullable Supplier<StageResult> question) {
      for (StageResult before : stages) {
        if (before instanceof StageResult.Failed) {
          stages.add(
              new StageResult.NotRun(
                  stage, NOT_ASKED, "stage " + before.stage() + " failed before it"));
          return;
        }
      }
      report(stage, question);
    }

    private void report(String stage, @Nullable Supplier<StageResult> question) {
      stages.add(
          question == null
              ? new StageResult.NotRun(
                  stage, NOT_ASKED, "there is no shadow: the change does not apply or compile")
              : timed(stage, question));
    }

    private StageResult timed(String stage, Supplier<StageResult> question) {
      long startNs = nanoClock.getAsLong();
      StageResult result = question.get();
      measuredNs.put(stage, nanoClock.getAsLong() - startNs);
      return result;
    }
  }
}
