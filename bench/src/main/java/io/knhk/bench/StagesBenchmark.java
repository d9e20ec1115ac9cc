package io.knhk.bench;

import io.knhk.knowledge.Candidate;
import io.knhk.knowledge.Snapshot;
import io.knhk.knowledge.Snapshot.Applied;
import io.knhk.knowledge.Validation;
import io.knhk.knowledge.ValidationLimits;
import io.knhk.knowledge.ValidationPipeline;
import io.knhk.schemas.knowledge.Delta;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.jena.graph.Graph;
import org.apache.jena.shacl.ShaclValidator;
import org.apache.jena.shacl.Shapes;
import org.apache.jena.shacl.ValidationReport;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Validating a change of an ontology, beside Jena's full validation of the same graph with the same
 * shapes, read beforehand in both.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class StagesBenchmark {
  private static final int VARIANTS = 32;

  @Param({"3000", "10000", "100000"})
  public int triples;

  @Param({"10", "100"})
  public int deltaTriples;

  private final Candidate[] candidates = new Candidate[VARIANTS];
  private final ValidationPipeline pipeline =
      ValidationPipeline.bundled(ValidationLimits.DEFAULT, System::nanoTime);
  private int next;

  /** What the static stage alone took, by the pipeline's own clock. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class StaticNs {
    public long staticNs;
    public long validations;

    @Setup(Level.Iteration)
    public void clear() {
      staticNs = 0;
      validations = 0;
    }
  }

  @Setup
  public void prepare() {
    SampleOntology ontology = SampleOntology.of(triples);
    Candidate first = ontology.candidate(ontology.delta(deltaTriples, 0));
    for (int i = 0; i < VARIANTS; i++) {
      Candidate other = ontology.candidate(first.compiled(), ontology.delta(deltaTriples, i));
      candidates[i] = other;
      Validation validation = pipeline.validate(other);
      if (!validation.passed()) {
        throw new IllegalStateException(
            "expected a change that passes: failure=" + validation.failure());
      }
    }
  }

  /** All seven stages; the static one is counted beside. */
  @Benchmark
  public Validation validate(StaticNs counters) {
    Validation validation = pipeline.validate(candidate());
    counters.staticNs += Objects.requireNonNull(validation.measuredNs().get("static"));
    counters.validations++;
    return validation;
  }

  /** A delta applied, and the id of what comes of it. */
  @Benchmark
  public String applyDelta() {
    Candidate candidate = candidate();
    Delta delta = candidate.proposal().delta();
    Snapshot shadow = ((Applied.Changed) candidate.head().apply(delta)).snapshot();
    return shadow.id();
  }

  private Candidate candidate() {
    next = (next + 1) % VARIANTS;
    return Objects.requireNonNull(candidates[next]);
  }

  /** The peer. A graph of one size serves for all deltas. */
  @State(Scope.Thread)
  @BenchmarkMode(Mode.SampleTime)
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  public static class Full {
    @Param({"3000", "10000", "100000"})
    public int triples;

    private @Nullable Graph graph;
    private @Nullable Shapes shapes;

    @Setup
    public void prepare() {
      graph = SampleOntology.of(triples).graph();
      shapes = Shapes.parse(graph);
      if (!full().conforms()) {
        throw new IllegalStateException("expected a graph that conforms: report=" + full());
      }
    }

    @Benchmark
    public ValidationReport full() {
      return ShaclValidator.get()
          .validate(Objects.requireNonNull(shapes), Objects.requireNonNull(graph));
    }
  }
}
