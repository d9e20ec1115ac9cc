package io.knhk.knowledge;

import java.util.Set;

/**
 * What a sector may say: a closed list of predicates. {@code owl:imports}, SPARQL and script
 * constraints, rules and targets are not on it, so that nothing a sector says can make a library
 * fetch or run anything.
 */
final class AllowedTerms {
  private static final Set<String> PREDICATES =
      Set.of(
          Vocabulary.A,
          Vocabulary.FIRST,
          Vocabulary.REST,
          Vocabulary.SUB_CLASS_OF,
          Vocabulary.LABEL,
          Vocabulary.COMMENT,
          Terms.iri(Vocabulary.RDFS + "seeAlso"),
          Terms.iri(Vocabulary.RDFS + "isDefinedBy"),
          Terms.iri(Vocabulary.OWL + "versionInfo"),
          Vocabulary.TARGET_CLASS,
          Vocabulary.PROPERTY,
          Vocabulary.PATH,
          Vocabulary.DATATYPE,
          Vocabulary.MIN_COUNT,
          Vocabulary.MAX_COUNT,
          Vocabulary.MIN_INCLUSIVE,
          Vocabulary.MAX_INCLUSIVE,
          Vocabulary.IN,
          Terms.iri(Vocabulary.CORE + "unit"),
          Vocabulary.EVENT_TYPE,
          Vocabulary.DECIMALS,
          Vocabulary.WATCH_EACH_SUBJECT,
          Vocabulary.ATTRIBUTE_NAME,
          Vocabulary.WATCH,
          Vocabulary.GUARDED_BY,
          Vocabulary.GUARD_NAME,
          Vocabulary.GUARD_KIND,
          Vocabulary.CRITICALITY,
          Vocabulary.OBSERVED_LEVEL,
          Vocabulary.BUCKET_MS,
          Vocabulary.BASELINE_BUCKETS,
          Vocabulary.WARMUP_BUCKETS,
          Vocabulary.FREQUENCY_Z,
          Vocabulary.MAX_PER_BUCKET,
          Vocabulary.ERROR_RATE_MAX,
          Vocabulary.ERROR_MIN_COUNT,
          Vocabulary.EXPECTED_EVERY_MS,
          Vocabulary.DRIFT_Z,
          Vocabulary.MISMATCH_MIN_COUNT);

  private AllowedTerms() {}

  static boolean allows(NTriple triple) {
    return PREDICATES.contains(triple.predicate());
  }
}
