package io.knhk.knowledge;

import io.knhk.knowledge.doctrine.RuleTerms;
import io.knhk.knowledge.doctrine.RuleTerms.CompatibilityKind;
import io.knhk.knowledge.doctrine.Scope;
import io.knhk.schemas.knowledge.CompiledProperty;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.knowledge.DoctrineRule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;

/** In which ways one change breaks a rule. Costs what the change costs, not what the ontology. */
final class RuleBreaches {
  private static final long DAY_MS = 24L * 3_600_000;

  private final Candidate candidate;
  private final Snapshot shadow;
  private final CompiledChange change;
  private final Compatibility compatibility;
  private final Scope scope;

  RuleBreaches(
      Candidate candidate,
      Snapshot shadow,
      CompiledChange change,
      Compatibility compatibility,
      Scope scope) {
    this.candidate = candidate;
    this.shadow = shadow;
    this.change = change;
    this.compatibility = compatibility;
    this.scope = scope;
  }

  /** Empty when the rule holds. */
  List<Witness> of(DoctrineRule rule, RuleTerms terms) {
    List<Witness> out = new ArrayList<>();
    if (terms instanceof RuleTerms.SegregationOfDuties duties) {
      segregation(out, rule, duties);
    } else if (terms instanceof RuleTerms.ResourceLimit limit) {
      resources(out, rule, limit);
    } else if (terms instanceof RuleTerms.TimeWindow window) {
      window(out, rule, window);
    } else if (terms instanceof RuleTerms.SchemaTerms schema) {
      schema(out, rule, schema);
    } else if (terms instanceof RuleTerms.Custom custom) {
      custom(out, rule, custom);
    }
    return out;
  }

  private void segregation(
      List<Witness> out, DoctrineRule rule, RuleTerms.SegregationOfDuties duties) {
    Author author = candidate.context().author();
    if (duties.isBrokenBy(author.roles())) {
      add(
          out,
          rule,
          author.person(),
          "",
          "expected an author who does not hold both roles: first="
              + lower(duties.first())
              + ", second="
              + lower(duties.second()),
          "have somebody propose it who holds one of them");
    }
  }

  /** What makes something smaller is never beyond a limit. */
  private void resources(List<Witness> out, DoctrineRule rule, RuleTerms.ResourceLimit limit) {
    bounded(out, rule, "", "triples", candidate.head().size(), shadow.size(), limit.triplesMax());
    bounded(
        out,
        rule,
        "",
        "eventTypes",
        candidate.compiled().types().size(),
        change.types().size(),
        limit.typesMax());
    SortedMap<String, CompiledType> before = change.typesBefore();
    for (CompiledType type : change.typesAfter().values()) {
      CompiledType was = before.get(type.name());
      bounded(
          out,
          rule,
          type.name(),
          "attributes",
          was == null ? 0 : was.properties().size(),
          type.properties().size(),
          limit.attributesATypeMax());
    }
    long today = 1;
    for (Ancestor ancestor : candidate.history()) {
      if (ancestor.version() > 1 && candidate.decidedAtMs() - ancestor.promotedAtMs() < DAY_MS) {
        today++;
      }
    }
    bounded(out, rule, "", "changesADay", 0, today, limit.changesADayMax());
  }

  private static void bounded(
      List<Witness> out,
      DoctrineRule rule,
      String node,
      String what,
      long before,
      long after,
      Optional<Long> limit) {
    if (limit.isPresent() && after > limit.get() && after > before) {
      add(
          out,
          rule,
          node,
          "",
          "expected bounded " + what + ": " + what + "=" + after + ", limit=" + limit.get(),
          what.equals("changesADay") ? "wait, or put changes together" : "make it smaller");
    }
  }

  private void window(List<Witness> out, DoctrineRule rule, RuleTerms.TimeWindow window) {
    if (window.covers(scope) && !window.permits(candidate.decidedAtMs())) {
      add(
          out,
          rule,
          "",
          "",
          "expected a change "
              + (window.allow() ? "inside" : "outside")
              + " the window: at="
              + Instant.ofEpochMilli(candidate.decidedAtMs()).atZone(window.zone())
              + ", from="
              + window.from()
              + ", until="
              + window.until()
              + ", days="
              + window.days(),
          "propose it at another time");
    }
  }

  private void schema(List<Witness> out, DoctrineRule rule, RuleTerms.SchemaTerms schema) {
    if (schema.compatibility().isPresent()) {
      Compatibility demanded = demanded(schema.compatibility().get());
      if (!compatibility.satisfies(demanded)) {
        for (Witness witness : CompatibilityStage.breaking(change, demanded)) {
          add(
              out,
              rule,
              witness.focusNode(),
              witness.path(),
              "expected a change that is " + lower(demanded) + " compatible: " + witness.message(),
              "add what is optional, and leave what is there as it is");
        }
      }
    }
    SortedMap<String, CompiledType> before = change.typesBefore();
    for (Map.Entry<String, CompiledType> type : change.typesAfter().entrySet()) {
      CompiledType was = before.get(type.getKey());
      if (was == null) {
        named(
            out,
            rule,
            type.getKey(),
            "",
            schema.typeStyle().isEmpty() || schema.typeStyle().get().matches(type.getKey()),
            schema.typeGlob().matches(type.getKey()));
      }
      for (CompiledProperty property : type.getValue().properties()) {
        if (was == null
            || was.properties().stream().noneMatch(p -> p.name().equals(property.name()))) {
          named(
              out,
              rule,
              type.getKey(),
              property.name(),
              schema.attributeStyle().isEmpty()
                  || schema.attributeStyle().get().matches(property.name()),
              schema.attributeGlob().matches(property.name()));
        }
      }
    }
  }

  private static void named(
      List<Witness> out,
      DoctrineRule rule,
      String type,
      String attribute,
      boolean styled,
      boolean matched) {
    if (!styled || !matched) {
      String what = attribute.isEmpty() ? "type" : "attribute";
      String asked =
          styled
              ? rule.parameters().getOrDefault(what + "-names", "")
              : rule.parameters().getOrDefault(what + "-style", "");
      add(
          out,
          rule,
          type,
          attribute,
          "expected a name of the form "
              + asked
              + ": "
              + what
              + "="
              + (attribute.isEmpty() ? type : attribute),
          "name it otherwise");
    }
  }

  private void custom(List<Witness> out, DoctrineRule rule, RuleTerms.Custom custom) {
    TreeSet<String> news = new TreeSet<>();
    TreeSet<String> annotated = new TreeSet<>();
    String forbidden = custom.forbiddenPredicate().map(Terms::iri).orElse("");
    String required = custom.requiredAnnotation().map(Terms::iri).orElse("");
    for (String line : candidate.proposal().delta().added()) {
      NTriple triple = NTriple.parse(line);
      if (triple.predicate().equals(forbidden)) {
        add(
            out,
            rule,
            Terms.lexical(triple.subject()),
            custom.forbiddenPredicate().orElse(""),
            "expected a predicate that is not forbidden: predicate=" + forbidden,
            "say it without this predicate");
      }
      if (triple.predicate().equals(required)) {
        annotated.add(triple.subject());
      }
      if (triple.predicate().equals(Vocabulary.EVENT_TYPE)
          || triple.predicate().equals(Vocabulary.ATTRIBUTE_NAME)) {
        news.add(triple.subject());
      }
    }
    news.removeAll(annotated);
    if (!required.isEmpty() && !news.isEmpty()) {
      // Only now, when the change does not say it, is the whole shadow looked at.
      Facts facts = Facts.of(shadow);
      news.removeIf(subject -> !facts.objects(subject, required).isEmpty());
      for (String subject : news) {
        add(
            out,
            rule,
            Terms.lexical(subject),
            custom.requiredAnnotation().orElse(""),
            "expected an annotation of what is new: predicate=" + required,
            "add the annotation");
      }
    }
  }

  private static Compatibility demanded(CompatibilityKind kind) {
    return switch (kind) {
      case BACKWARD -> Compatibility.BACKWARD;
      case FORWARD -> Compatibility.FORWARD;
      case FULL -> Compatibility.FULL;
    };
  }

  private static void add(
      List<Witness> out, DoctrineRule rule, String node, String path, String message, String mend) {
    out.add(
        new Witness(node, path, message, DoctrineStage.source(rule), mend + "; " + rule.text()));
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
