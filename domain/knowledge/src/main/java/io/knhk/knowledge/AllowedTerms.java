package io.knhk.knowledge;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The predicates that a sector may use: those of RDF, RDFS, OWL, SKOS and Dublin Core's terms, of
 * SHACL Core and SHACL-SPARQL, and KNHK's own. {@code owl:imports} is none of them, nor are SHACL's
 * scripts, rules, functions and further targets: nothing that a sector says makes a library fetch
 * anything, or run anything but a query that was looked at.
 */
final class AllowedTerms {
  private static final List<String> VOCABULARIES =
      List.of(
          "<" + Vocabulary.RDF,
          "<" + Vocabulary.RDFS,
          "<" + Vocabulary.OWL,
          "<" + Vocabulary.SKOS,
          "<" + Vocabulary.DCTERMS);

  /** SHACL (W3C, 2017), sections 2 to 6. */
  private static final Set<String> SHACL =
      Stream.of(
              ("targetClass targetNode targetSubjectsOf targetObjectsOf severity message deactivated"
                      + " path inversePath alternativePath zeroOrMorePath oneOrMorePath zeroOrOnePath"
                      + " property node class datatype nodeKind minCount maxCount minExclusive"
                      + " minInclusive maxExclusive maxInclusive minLength maxLength pattern flags"
                      + " languageIn uniqueLang equals disjoint lessThan lessThanOrEquals not and or"
                      + " xone qualifiedValueShape qualifiedValueShapesDisjoint qualifiedMinCount"
                      + " qualifiedMaxCount closed ignoredProperties hasValue in name description"
                      + " order group defaultValue sparql select ask prefixes declare prefix"
                      + " namespace parameter optional labelTemplate validator nodeValidator"
                      + " propertyValidator")
                  .split(" "))
          .map(name -> Terms.iri(Vocabulary.SH + name))
          .collect(Collectors.toUnmodifiableSet());

  /** Of the core: what says how observations are checked, watched and guarded. */
  private static final Set<String> GOVERNED =
      Set.of(
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
          Vocabulary.MISMATCH_MIN_COUNT,
          Vocabulary.ASK,
          Vocabulary.SELECT,
          Vocabulary.EXPECTS,
          Vocabulary.MUST_CONFORM,
          Vocabulary.MUST_NOT_CONFORM);

  private AllowedTerms() {}

  /** Whether a change may say this of what is in the sector's own namespaces. */
  static boolean allows(NTriple triple) {
    String predicate = triple.predicate();
    return GOVERNED.contains(predicate)
        || SHACL.contains(predicate)
        || (!predicate.equals(Vocabulary.IMPORTS)
            && VOCABULARIES.stream().anyMatch(predicate::startsWith));
  }

  /**
   * Whether a change may say this of what is in a namespace that the sector adopted: anything in
   * the words of ontologies, but nothing in the core's, which speak of the sector's own event
   * types.
   */
  static boolean allowsOfAdopted(NTriple triple) {
    String predicate = triple.predicate();
    if (predicate.startsWith("<" + Vocabulary.SH)) {
      return SHACL.contains(predicate);
    }
    return !predicate.startsWith("<" + Vocabulary.CORE) && !predicate.equals(Vocabulary.IMPORTS);
  }
}
