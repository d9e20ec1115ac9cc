package io.knhk.operators.execute;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.knowledge.Affected;
import io.knhk.knowledge.PlainDiff;
import io.knhk.knowledge.StageResult;
import io.knhk.knowledge.Validation;
import io.knhk.knowledge.Witness;
import io.knhk.schemas.knowledge.Proposal;
import io.knhk.schemas.observation.Attribute;
import io.knhk.schemas.observation.Observation;
import io.knhk.schemas.observation.SampledObservation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What a person wants to see of a change before voting on it: the content of its document. */
final class ProposalDocuments {
  /** Revision of the document that says what was found when the change was submitted. */
  static final long SUBMITTED = 0;

  /** Revision of the one that says what was found when it was carried out. */
  static final long CARRIED_OUT = 1;

  static final int EXAMPLES_MAX = 3;

  /** Triples of either list that are shown, and bytes of them as JSON; the rest is counted. */
  static final int TRIPLES_MAX = 1_000;

  static final int TRIPLES_BYTES_MAX = 256 * 1024;

  /** Event types, attributes and guards that are named as affected. */
  static final int NAMES_MAX = 100;

  private ProposalDocuments() {}

  /**
   * @param sample recent observations by event type
   */
  static ObjectNode of(
      Proposal proposal,
      Origin origin,
      Validation validation,
      Map<String, List<SampledObservation>> sample) {
    ObjectNode content = JsonNodeFactory.instance.objectNode();
    content.put("proposalId", proposal.id());
    content.put("requestId", origin.requestId());
    content.put("element", proposal.element());
    content.put("rule", proposal.rule());
    content.put("loosens", proposal.loosens());
    content.put("confidence", proposal.confidence());
    content.put("summary", proposal.summary());
    content.put("author", origin.author().person());
    content.put("onBehalfOf", origin.author().onBehalfOf());
    content.put("dryRun", origin.isDryRun());
    content.put("basisVersion", proposal.basisVersion());
    content.put("basisSnapshotId", proposal.basisSnapshotId());
    lines(content.putArray("added"), proposal.delta().added());
    lines(content.putArray("removed"), proposal.delta().removed());
    content.put("addedCount", proposal.delta().added().size());
    content.put("removedCount", proposal.delta().removed().size());
    plain(content.putArray("plain"), proposal, validation);
    Affected about =
        validation
            .change()
            .map(Affected::by)
            .orElseGet(() -> new Affected(List.of(), List.of(), List.of()));
    examples(content.putArray("examples"), about.eventTypes(), sample);
    affected(content.putObject("affected"), about, sample);
    content.put(
        "compatibility",
        validation.compatibility().map(is -> is.name().toLowerCase(Locale.ROOT)).orElse(""));
    stages(content.putArray("stages"), validation);
    return content;
  }

  private static void plain(ArrayNode plain, Proposal proposal, Validation validation) {
    validation
        .change()
        .map(PlainDiff::of)
        .orElseGet(() -> PlainDiff.of(proposal.delta()))
        .forEach(plain::add);
  }

  private static void lines(ArrayNode array, List<String> lines) {
    int bytes = 0;
    for (String line : lines) {
      bytes += TripleDocuments.jsonBytes(line);
      if (array.size() == TRIPLES_MAX || bytes > TRIPLES_BYTES_MAX) {
        return;
      }
      array.add(line);
    }
  }

  /** The latest of the types concerned, those that do not conform first. */
  private static void examples(
      ArrayNode array, List<String> types, Map<String, List<SampledObservation>> sample) {
    List<SampledObservation> all = new ArrayList<>();
    for (String type : types) {
      all.addAll(sample.getOrDefault(type, List.of()));
    }
    for (boolean conforms : new boolean[] {false, true}) {
      for (int i = all.size() - 1; i >= 0 && array.size() < EXAMPLES_MAX; i--) {
        if (all.get(i).conforms() == conforms) {
          example(array.addObject(), all.get(i));
        }
      }
    }
  }

  private static void example(ObjectNode example, SampledObservation sampled) {
    Observation observation = sampled.observation();
    example.put("eventType", observation.eventType());
    example.put("source", observation.source());
    example.put("id", observation.id());
    example.put("timeMs", observation.timeMs());
    example.put("subject", observation.subject());
    example.put("value", observation.value());
    example.put("outcome", observation.error() ? "error" : "ok");
    example.put("partition", sampled.partition());
    example.put("offset", sampled.offset());
    example.put("conforms", sampled.conforms());
    ObjectNode attributes = example.putObject("attributes");
    for (Attribute attribute : observation.attributes()) {
      attributes.put(attribute.name(), attribute.text());
    }
  }

  private static void affected(
      ObjectNode affected, Affected about, Map<String, List<SampledObservation>> sample) {
    Set<String> sources = new HashSet<>();
    Set<String> subjects = new HashSet<>();
    ArrayNode names = affected.putArray("eventTypes");
    for (String type : about.eventTypes()) {
      if (names.size() < NAMES_MAX) {
        names.add(type);
      }
      for (SampledObservation sampled : sample.getOrDefault(type, List.of())) {
        sources.add(sampled.observation().source());
        subjects.add(sampled.observation().subject());
      }
    }
    about.attributes().stream().limit(NAMES_MAX).forEach(affected.putArray("attributes")::add);
    about.guards().stream().limit(NAMES_MAX).forEach(affected.putArray("guards")::add);
    affected.put("sources", sources.size());
    affected.put("subjects", subjects.size());
  }

  private static void stages(ArrayNode stages, Validation validation) {
    for (StageResult result : validation.stages()) {
      ObjectNode stage = stages.addObject();
      stage.put("stage", result.stage());
      stage.put("checked", result.checked());
      ObjectNode figures = stage.putObject("figures");
      result.figures().forEach((name, figure) -> figures.put(name, (long) figure));
      Long measured = validation.measuredNs().get(result.stage());
      if (measured != null) {
        stage.put("measuredNs", (long) measured);
      }
      if (result instanceof StageResult.Passed passed) {
        stage.put("passed", true);
        witnesses(stage.putArray("remarks"), passed.remarks());
      } else if (result instanceof StageResult.Failed failed) {
        stage.put("passed", false);
        witnesses(stage.putArray("witnesses"), failed.witnesses());
      } else if (result instanceof StageResult.NotRun notRun) {
        stage.putNull("passed");
        stage.put("reason", notRun.reason());
      }
    }
  }

  private static void witnesses(ArrayNode array, List<Witness> witnesses) {
    for (Witness witness : witnesses) {
      ObjectNode each = array.addObject();
      each.put("focusNode", witness.focusNode());
      each.put("path", witness.path());
      each.put("message", witness.message());
      each.put("source", witness.source());
      each.put("mend", witness.mend());
    }
  }
}
