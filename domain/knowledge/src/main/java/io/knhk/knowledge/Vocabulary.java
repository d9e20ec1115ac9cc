package io.knhk.knowledge;

/**
 * Terms the loop reads and writes, in the form N-Triples has them, and who owns which namespace.
 */
final class Vocabulary {
  static final String ROOT = "https://knhk.io/ns/";
  static final String CORE = ROOT + "core#";

  static final String RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
  static final String RDFS = "http://www.w3.org/2000/01/rdf-schema#";
  static final String OWL = "http://www.w3.org/2002/07/owl#";
  static final String XSD = "http://www.w3.org/2001/XMLSchema#";
  static final String SH = "http://www.w3.org/ns/shacl#";
  static final String SKOS = "http://www.w3.org/2004/02/skos/core#";
  static final String DCTERMS = "http://purl.org/dc/terms/";

  static final String A = Terms.iri(RDF + "type");
  static final String FIRST = Terms.iri(RDF + "first");
  static final String REST = Terms.iri(RDF + "rest");
  static final String NIL = Terms.iri(RDF + "nil");
  static final String SUB_CLASS_OF = Terms.iri(RDFS + "subClassOf");
  static final String LABEL = Terms.iri(RDFS + "label");
  static final String COMMENT = Terms.iri(RDFS + "comment");
  static final String OWL_CLASS = Terms.iri(OWL + "Class");
  static final String DATATYPE_PROPERTY = Terms.iri(OWL + "DatatypeProperty");

  static final String XSD_INTEGER = Terms.iri(XSD + "integer");
  static final String XSD_DECIMAL = Terms.iri(XSD + "decimal");
  static final String XSD_BOOLEAN = Terms.iri(XSD + "boolean");

  static final String NODE_SHAPE = Terms.iri(SH + "NodeShape");
  static final String PROPERTY_SHAPE = Terms.iri(SH + "PropertyShape");
  static final String TARGET_CLASS = Terms.iri(SH + "targetClass");
  static final String PROPERTY = Terms.iri(SH + "property");
  static final String PATH = Terms.iri(SH + "path");
  static final String DATATYPE = Terms.iri(SH + "datatype");
  static final String MIN_COUNT = Terms.iri(SH + "minCount");
  static final String MAX_COUNT = Terms.iri(SH + "maxCount");
  static final String MIN_INCLUSIVE = Terms.iri(SH + "minInclusive");
  static final String MAX_INCLUSIVE = Terms.iri(SH + "maxInclusive");
  static final String IN = Terms.iri(SH + "in");

  static final String OBSERVATION = core("Observation");
  static final String EVENT_TYPE = core("eventType");
  static final String VALUE = core("value");
  static final String DECIMALS = core("decimals");
  static final String WATCH_EACH_SUBJECT = core("watchEachSubject");
  static final String ATTRIBUTE_NAME = core("attributeName");
  static final String ATTRIBUTE_CONSTRAINT = core("AttributeConstraint");
  static final String WATCH = core("watch");
  static final String DEFAULT_WATCH = core("defaultWatch");
  static final String GUARDED_BY = core("guardedBy");
  static final String GUARD = core("Guard");
  static final String GUARD_NAME = core("guardName");
  static final String GUARD_KIND = core("guardKind");
  static final String CRITICALITY = core("criticality");
  static final String OBSERVED_LEVEL = core("observedLevel");
  static final String PERFORMANCE_BOUND = core("PerformanceBound");
  static final String SAFETY_INTERLOCK = core("SafetyInterlock");
  static final String MEDIUM = core("Medium");

  static final String SHADOW_TEST = core("ShadowTest");
  static final String ASK = core("ask");
  static final String SELECT = core("select");
  static final String EXPECTS = core("expects");
  static final String MUST_CONFORM = core("mustConform");
  static final String MUST_NOT_CONFORM = core("mustNotConform");

  static final String BUCKET_MS = core("bucketMs");
  static final String BASELINE_BUCKETS = core("baselineBuckets");
  static final String WARMUP_BUCKETS = core("warmupBuckets");
  static final String FREQUENCY_Z = core("frequencyZ");
  static final String MAX_PER_BUCKET = core("maxPerBucket");
  static final String ERROR_RATE_MAX = core("errorRateMax");
  static final String ERROR_MIN_COUNT = core("errorMinCount");
  static final String EXPECTED_EVERY_MS = core("expectedEveryMs");
  static final String DRIFT_Z = core("driftZ");
  static final String MISMATCH_MIN_COUNT = core("mismatchMinCount");

  static final String ADOPTS_NAMESPACE = core("adoptsNamespace");
  static final String IMPORTS = Terms.iri(OWL + "imports");
  static final String ONTOLOGY = Terms.iri(OWL + "Ontology");
  static final String FUNCTIONAL_PROPERTY = Terms.iri(OWL + "FunctionalProperty");

  private Vocabulary() {}

  private static String core(String name) {
    return Terms.iri(CORE + name);
  }
}
