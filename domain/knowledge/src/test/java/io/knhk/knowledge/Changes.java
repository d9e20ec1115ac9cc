package io.knhk.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.Delta;
import io.knhk.schemas.knowledge.Proposal;
import io.knhk.schemas.observation.Attribute;
import io.knhk.schemas.observation.Observation;
import io.knhk.schemas.observation.SampledObservation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Changes of the finance sector, written as a person would, and candidates made of them. */
final class Changes {
  static final Snapshot HEAD = Bundled.of("finance");
  static final CompiledSnapshot COMPILED = Bundled.compiled("finance", HEAD, 1);
  static final String FIN = "https://knhk.io/ns/finance#";
  static final String KNHK = Vocabulary.CORE;
  static final String SH = Vocabulary.SH;

  private final List<String> added = new ArrayList<>();
  private final List<String> removed = new ArrayList<>();

  private Changes() {}

  static Changes change() {
    return new Changes();
  }

  /** {@code fin:NAME}, as N-Triples has it. */
  static String fin(String name) {
    return "<" + FIN + name + ">";
  }

  static String integer(long value) {
    return Terms.integer(value);
  }

  Changes add(String subject, String predicate, String object) {
    added.add(subject + " <" + predicate + "> " + object + " .");
    return this;
  }

  /** Everything said of a subject. */
  Changes removeAll(String subject) {
    HEAD.lines().stream().filter(line -> line.startsWith(subject + " ")).forEach(removed::add);
    return this;
  }

  Changes remove(String subject, String predicate) {
    removed.add(line(subject, predicate));
    return this;
  }

  Changes remove(String subject, String predicate, String object) {
    removed.add(subject + " <" + predicate + "> " + object + " .");
    return this;
  }

  Changes replace(String subject, String predicate, String object) {
    return remove(subject, predicate).add(subject, predicate, object);
  }

  /** An attribute that a type has not yet. */
  Changes attribute(String type, String name, String datatype, boolean required) {
    String shape = fin(type + ":" + name);
    String property = "<https://knhk.io/ns/finance/attribute#" + name + ">";
    add(fin(type), SH + "property", shape)
        .add(shape, Vocabulary.RDF + "type", "<" + SH + "PropertyShape>")
        .add(shape, Vocabulary.RDF + "type", "<" + KNHK + "AttributeConstraint>")
        .add(shape, KNHK + "attributeName", "\"" + name + "\"")
        .add(shape, SH + "path", property)
        .add(shape, SH + "datatype", "<" + Vocabulary.XSD + datatype + ">")
        .add(shape, SH + "maxCount", integer(1));
    if (required) {
      add(shape, SH + "minCount", integer(1));
    }
    if (HEAD.lines().stream().noneMatch(line -> line.startsWith(property + " "))) {
      add(property, Vocabulary.RDF + "type", "<" + Vocabulary.OWL + "DatatypeProperty>");
    }
    return this;
  }

  /** The texts that an attribute of a type allows, instead of those that it does. */
  Changes allow(String type, String name, List<String> texts) {
    String shape = fin(type + ":" + name);
    HEAD.lines().stream()
        .filter(line -> line.startsWith(shape + " <" + SH + "in> "))
        .forEach(removed::add);
    String cell = texts.isEmpty() ? Vocabulary.NIL : cell(0);
    add(shape, SH + "in", cell);
    for (int i = 0; i < texts.size(); i++) {
      add(cell(i), Vocabulary.RDF + "first", Terms.text(texts.get(i)));
      add(cell(i), Vocabulary.RDF + "rest", i + 1 < texts.size() ? cell(i + 1) : Vocabulary.NIL);
    }
    return this;
  }

  private static String cell(int i) {
    return "<https://knhk.io/ns/finance/node#test" + i + ">";
  }

  Delta delta() {
    return new Delta(added, removed);
  }

  Proposal proposal(String rule) {
    return new Proposal(
        "00".repeat(32),
        "finance",
        "payment.authorised",
        rule,
        false,
        1,
        "ab".repeat(32),
        1,
        HEAD.id(),
        0,
        0,
        "test",
        delta());
  }

  Candidate candidate(Context context) {
    return candidate(Proposal.BY_HAND, context);
  }

  Candidate candidate(String rule, Context context) {
    return new Candidate(
        HEAD, COMPILED, List.of(new Ancestor(1, HEAD.id(), "", 0)), proposal(rule), 0, 0, context);
  }

  CompiledChange compiled() {
    CompiledChange.Outcome outcome = CompiledChange.of(HEAD, COMPILED, delta());
    assertThat(outcome).isInstanceOf(CompiledChange.Outcome.Compiled.class);
    return ((CompiledChange.Outcome.Compiled) outcome).change();
  }

  Snapshot shadow() {
    Snapshot.Applied applied = HEAD.apply(delta());
    assertThat(applied).isInstanceOf(Snapshot.Applied.Changed.class);
    return ((Snapshot.Applied.Changed) applied).snapshot();
  }

  Validation validate(Context context) {
    return ValidationPipeline.bundled().validate(candidate(context));
  }

  static Context recent(SampledObservation... seen) {
    return new Context(Author.LOOP, byType(seen), List.of(), Set.of());
  }

  static Context relaxed(String... guards) {
    return new Context(Author.LOOP, Map.of(), List.of(), Set.of(guards));
  }

  private static Map<String, List<SampledObservation>> byType(SampledObservation... seen) {
    return Arrays.stream(seen)
        .collect(Collectors.groupingBy(sampled -> sampled.observation().eventType()));
  }

  static SampledObservation seen(String type, double value, Attribute... attributes) {
    return new SampledObservation(
        new Observation(
            "finance",
            "//bank/core",
            "id-" + value,
            1_000,
            "account-1",
            type,
            value,
            false,
            List.of(attributes)),
        2,
        77,
        1_500,
        true);
  }

  static SampledObservation payment(double value, String currency) {
    return seen("payment.authorised", value, Attribute.ofText("currency", currency));
  }

  static String object(String subject, String predicate) {
    return NTriple.parse(line(subject, predicate)).object();
  }

  static String line(String subject, String predicate) {
    return HEAD.lines().stream()
        .filter(line -> line.startsWith(subject + " <" + predicate + "> "))
        .findFirst()
        .orElseThrow();
  }
}
