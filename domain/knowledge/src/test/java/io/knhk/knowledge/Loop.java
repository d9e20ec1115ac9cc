package io.knhk.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.knowledge.ProposalDecision.NothingToPropose;
import io.knhk.knowledge.ProposalDecision.Proposed;
import io.knhk.knowledge.check.ObservationCheck;
import io.knhk.schemas.detection.Mismatch;
import io.knhk.schemas.detection.Pattern;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.Proposal;
import io.knhk.schemas.observation.Observation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The loop without its operators: check, pattern, proposal, validation, promotion, check again.
 * Every guard is relaxed, as if people had agreed to what is proposed.
 */
final class Loop {
  private final String sector;
  private final ValidationPipeline pipeline = ValidationPipeline.bundled();
  private final List<Ancestor> history = new ArrayList<>();
  private Snapshot head;
  private CompiledSnapshot compiled;
  private ObservationCheck check;

  Loop(String sector) {
    this.sector = sector;
    this.head = Bundled.of(sector);
    promoted("");
  }

  CompiledSnapshot compiled() {
    return compiled;
  }

  Snapshot head() {
    return head;
  }

  List<Mismatch> mismatches(Observation observation) {
    List<Mismatch> out = new ArrayList<>();
    check.check(observation, out);
    return out;
  }

  ProposalDecision decide(Pattern pattern) {
    ProposalDecision decision = Proposer.propose(pattern, head, compiled);
    assertThat(Proposer.propose(pattern, head, compiled)).isEqualTo(decision);
    return decision;
  }

  Proposal proposal(Pattern pattern) {
    ProposalDecision decision = decide(pattern);
    assertThat(decision).isInstanceOf(Proposed.class);
    return ((Proposed) decision).proposal();
  }

  NothingToPropose nothing(Pattern pattern) {
    ProposalDecision decision = decide(pattern);
    assertThat(decision).isInstanceOf(NothingToPropose.class);
    return (NothingToPropose) decision;
  }

  Validation validate(Proposal proposal) {
    Set<String> guards = Guard.all(head).stream().map(Guard::iri).collect(Collectors.toSet());
    Context context = new Context(Author.LOOP, Map.of(), List.of(), guards);
    return pipeline.validate(Candidates.of(head, history, proposal, 5_000, 6_000, context));
  }

  /** Takes a proposal through all stages and makes it the head. */
  void promote(Proposal proposal) {
    Validation validation = validate(proposal);
    assertThat(validation.failure()).isEmpty();
    assertThat(validation.stages())
        .extracting(StageResult::stage)
        .isEqualTo(ValidationPipeline.STAGES);
    head = validation.shadow().orElseThrow();
    promoted(proposal.id());
  }

  /** Learns until an observation conforms. Returns how many promotions that took. */
  int learn(Observation observation) {
    for (int steps = 0; steps < 80; steps++) {
      List<Mismatch> mismatches = mismatches(observation);
      if (mismatches.isEmpty()) {
        return steps;
      }
      promote(
          proposal(
              Patterns.ofMismatches(compiled, observation.eventType(), mismatches.subList(0, 1))));
    }
    throw new AssertionError("expected to conform in the end: " + observation);
  }

  private void promoted(String proposalId) {
    String parent = history.isEmpty() ? "" : history.get(history.size() - 1).snapshotId();
    history.add(new Ancestor(history.size() + 1, head.id(), parent, 1_000));
    compiled =
        SnapshotCompiler.compile(sector, head, history.size(), parent, proposalId, 1_000, Map.of());
    check = ObservationCheck.of(compiled);
  }
}
