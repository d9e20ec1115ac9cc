package io.knhk.knowledge;

import io.knhk.knowledge.Snapshot.Applied;
import io.knhk.schemas.knowledge.Delta;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.jena.graph.Graph;
import org.apache.jena.shacl.Shapes;

/**
 * Validates a change in a shadow copy, stage by stage; the first that fails stops. It names the
 * stages that exist and no others.
 *
 * <p>A result is a function of the candidate alone. Between calls the pipeline keeps, for each
 * sector, the graph of the last head, so that the next change costs what it changes. Not
 * thread-safe: one pipeline a task.
 */
public final class ValidationPipeline {
  /** Stages, in the order in which they run. */
  public static final List<String> STAGES =
      List.of(StaticStage.NAME, InvariantsStage.NAME, RollbackStage.NAME);

  private final StaticStage staticStage;
  private final Map<String, ShadowGraph> graphs = new HashMap<>();

  private ValidationPipeline(StaticStage staticStage) {
    this.staticStage = staticStage;
  }

  /** With the shapes of the bundled core. */
  public static ValidationPipeline bundled() {
    return new ValidationPipeline(new StaticStage(coreShapes()));
  }

  static Shapes coreShapes() {
    return Shapes.parse(Ontologies.core());
  }

  /** Runs the stages. Never throws because of what the candidate says. */
  public Validation validate(Candidate candidate) {
    String sector = candidate.proposal().sector();
    Delta delta = candidate.proposal().delta();
    List<Witness> malformed = staticStage.wellFormed(sector, delta);
    if (!malformed.isEmpty()) {
      return new Validation(List.of(staticStage.failed(delta, malformed)), null);
    }
    Applied applied = candidate.head().apply(delta);
    if (applied instanceof Applied.Refused refused) {
      return new Validation(
          List.of(staticStage.failed(delta, List.of(new Witness("", "", refused.detail())))), null);
    }
    Snapshot shadow = ((Applied.Changed) applied).snapshot();
    List<StageResult> stages = new ArrayList<>();
    stages.add(runStatic(sector, candidate.head(), delta, shadow));
    if (passing(stages)) {
      stages.add(InvariantsStage.check(candidate, shadow));
    }
    if (passing(stages)) {
      stages.add(RollbackStage.check(candidate.head(), shadow, delta));
    }
    return new Validation(stages, passing(stages) ? shadow : null);
  }

  private StageResult runStatic(String sector, Snapshot head, Delta delta, Snapshot shadow) {
    ShadowGraph graph = graphs.computeIfAbsent(sector, key -> new ShadowGraph());
    try {
      Graph shadowed = graph.at(head);
      graph.move(delta);
      StageResult result = staticStage.check(sector, shadowed, delta, shadow);
      graph.move(delta.inverse());
      graph.expect(shadow.id(), delta);
      return result;
    } catch (RuntimeException | StackOverflowError e) {
      // Jena overflows its stack on deep input with an Error; that is the input's fault and must
      // not restart the job.
      graph.forget();
      return staticStage.failed(
          delta, List.of(new Witness("", "", "expected a shadow that can be validated: " + e)));
    }
  }

  private static boolean passing(List<StageResult> stages) {
    return stages.get(stages.size() - 1) instanceof StageResult.Passed;
  }
}
