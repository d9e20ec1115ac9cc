package io.knhk.knowledge.shacl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.GraphMemFactory;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.Triple;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFParser;
import org.apache.jena.shacl.ShaclValidator;
import org.apache.jena.shacl.Shapes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Cases after the sections of the W3C's SHACL test suite: each component and each kind of target,
 * with data that conforms, data that does not, and the change from one to the other and back.
 */
class ShaclCasesTest {
  private static final String PREFIXES =
      """
      @prefix : <http://example.org/> .
      @prefix sh: <http://www.w3.org/ns/shacl#> .
      @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
      @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
      @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
      """;
  private static final String ON_A = ":S a sh:NodeShape ; sh:targetNode :a ; ";

  /**
   * @param name section of the specification
   * @param common shapes, and data that is always there
   * @param good what makes it conform
   * @param bad what makes it not, instead
   */
  record Case(String name, String common, String good, String bad) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case property(String name, String constraint, String good, String bad) {
    return new Case(name, ON_A + "sh:property [ sh:path :p ; " + constraint + " ] .", good, bad);
  }

  private static Case node(String name, String constraint, String good, String bad) {
    return new Case(name, ON_A + constraint + " .", good, bad);
  }

  static Stream<Case> cases() {
    return Stream.of(targets(), values(), pairs(), logic(), shapes(), paths(), queries())
        .flatMap(List::stream);
  }

  private static List<Case> targets() {
    String max = " ; sh:property [ sh:path :p ; sh:maxCount 0 ] .";
    return List.of(
        new Case("2.1.3.1 node", ":S sh:targetNode :a" + max, "", ":a :p 1 ."),
        new Case("2.1.3.1 node, a literal", ":S sh:targetNode 1 .", "", ":S sh:nodeKind sh:IRI ."),
        new Case("2.1.3.2 class", ":S sh:targetClass :C" + max + " :a :p 1 .", "", ":a a :C ."),
        new Case(
            "2.1.3.2 class, below",
            ":S sh:targetClass :C" + max + " :a :p 1 ; a :E . :E rdfs:subClassOf :D .",
            "",
            ":D rdfs:subClassOf :C ."),
        new Case(
            "2.1.3.3 implicit class",
            ":C a sh:NodeShape , rdfs:Class" + max + " :a :p 1 .",
            "",
            ":a a :C ."),
        new Case(
            "2.1.3.3 implicit class, by the class of the shape",
            ":C a sh:NodeShape , :M" + max + " :a :p 1 ; a :C .",
            "",
            ":M rdfs:subClassOf rdfs:Class ."),
        new Case(
            "2.1.3.4 subjects of",
            ":S sh:targetSubjectsOf :q" + max + " :a :p 1 .",
            "",
            ":a :q 2 ."),
        new Case(
            "2.1.3.5 objects of",
            ":S sh:targetObjectsOf :q ; sh:nodeKind sh:IRI .",
            ":a :q :b .",
            ":a :q 2 ."),
        new Case(
            "2.1.2 severity",
            ":S sh:targetNode :a ; sh:severity sh:Info ; sh:class :C .",
            ":a a :C .",
            ""),
        new Case(
            "2.1.5 deactivated",
            ":S sh:targetNode :a ; sh:class :C .",
            ":S sh:deactivated true .",
            ""),
        new Case("a target that comes", ":S sh:nodeKind sh:Literal .", "", ":S sh:targetNode :a ."),
        new Case("a constraint that comes", ":S sh:targetNode :a .", "", ":S sh:class :C ."));
  }

  private static List<Case> values() {
    return List.of(
        property("4.1.1 class", "sh:class :C", ":a :p :b . :b a :C .", ":a :p :b ."),
        property(
            "4.1.1 class, below",
            "sh:class :C",
            ":a :p :b . :b a :D . :D rdfs:subClassOf :C .",
            ":a :p :b . :b a :D ."),
        property("4.1.2 datatype", "sh:datatype xsd:integer", ":a :p 1 .", ":a :p 'x' ."),
        property(
            "4.1.2 datatype, ill-formed",
            "sh:datatype xsd:integer",
            ":a :p 1 .",
            ":a :p 'x'^^xsd:integer ."),
        property("4.1.3 nodeKind", "sh:nodeKind sh:IRI", ":a :p :b .", ":a :p 1 ."),
        property("4.2.1 minCount", "sh:minCount 2", ":a :p 1 , 2 .", ":a :p 1 ."),
        property("4.2.2 maxCount", "sh:maxCount 1", ":a :p 1 .", ":a :p 1 , 2 ."),
        property("4.3.1 minExclusive", "sh:minExclusive 1", ":a :p 2 .", ":a :p 1 ."),
        property("4.3.2 minInclusive", "sh:minInclusive 1", ":a :p 1 .", ":a :p 0 ."),
        property("4.3.3 maxExclusive", "sh:maxExclusive 1", ":a :p 0 .", ":a :p 1 ."),
        property("4.3.4 maxInclusive", "sh:maxInclusive 1", ":a :p 1 .", ":a :p 'one' ."),
        property("4.4.1 minLength", "sh:minLength 2", ":a :p 'ab' .", ":a :p 'a' ."),
        property("4.4.2 maxLength", "sh:maxLength 1", ":a :p 'a' .", ":a :p 'ab' ."),
        property("4.4.3 pattern", "sh:pattern '^A' ; sh:flags 'i'", ":a :p 'ab' .", ":a :p 'b' ."),
        property("4.4.4 languageIn", "sh:languageIn ( 'en' )", ":a :p 'x'@en .", ":a :p 'x'@de ."),
        property(
            "4.4.5 uniqueLang",
            "sh:uniqueLang true",
            ":a :p 'x'@en , 'y'@de .",
            ":a :p 'x'@en , 'y'@en ."),
        property("4.8.2 hasValue", "sh:hasValue 1", ":a :p 1 .", ":a :p 2 ."),
        property("4.8.3 in", "sh:in ( 1 2 )", ":a :p 1 .", ":a :p 3 ."),
        new Case(
            "4.8.3 in, a shorter list",
            ON_A + "sh:property [ sh:path :p ; sh:in :l ] . :a :p 2 . :l rdf:first 1 .",
            ":l rdf:rest :m . :m rdf:first 2 ; rdf:rest () .",
            ":l rdf:rest () ."));
  }

  private static List<Case> pairs() {
    return List.of(
        property("4.5.1 equals", "sh:equals :q", ":a :p 1 ; :q 1 .", ":a :p 1 ; :q 2 ."),
        property("4.5.2 disjoint", "sh:disjoint :q", ":a :p 1 ; :q 2 .", ":a :p 1 ; :q 1 ."),
        property("4.5.3 lessThan", "sh:lessThan :q", ":a :p 1 ; :q 2 .", ":a :p 1 ; :q 1 ."),
        property(
            "4.5.4 lessThanOrEquals",
            "sh:lessThanOrEquals :q",
            ":a :p 1 ; :q 1 .",
            ":a :p 2 ; :q 1 ."),
        node("4.5.1 equals, of the node", "sh:equals :q", ":a :q :a .", ":a :q :b ."),
        node(
            "4.8.1 closed",
            "sh:closed true ; sh:ignoredProperties ( :q ) ; sh:property [ sh:path :p ]",
            ":a :p 1 ; :q 2 .",
            ":a :r 3 ."));
  }

  private static List<Case> logic() {
    String one = "[ sh:property [ sh:path :p ; sh:minCount 1 ] ]";
    String other = "[ sh:property [ sh:path :q ; sh:minCount 1 ] ]";
    return List.of(
        node("4.6.1 not", "sh:not " + one, "", ":a :p 1 ."),
        node("4.6.2 and", "sh:and ( " + one + other + " )", ":a :p 1 ; :q 1 .", ":a :p 1 ."),
        node("4.6.3 or", "sh:or ( " + one + other + " )", ":a :p 1 .", ""),
        node("4.6.4 xone", "sh:xone ( " + one + other + " )", ":a :p 1 .", ":a :p 1 ; :q 1 ."));
  }

  private static List<Case> shapes() {
    return List.of(
        property(
            "4.7.1 node",
            "sh:node [ sh:property [ sh:path :q ; sh:minCount 1 ] ]",
            ":a :p :b . :b :q 1 .",
            ":a :p :b ."),
        property(
            "4.7.2 property",
            "sh:property [ sh:path :q ; sh:minCount 1 ]",
            ":a :p :b . :b :q 1 .",
            ":a :p :b ."),
        property(
            "4.7.3 qualified, at least",
            "sh:qualifiedValueShape [ sh:class :C ] ; sh:qualifiedMinCount 1",
            ":a :p :b , :c . :b a :C .",
            ":a :p :b , :c ."),
        property(
            "4.7.3 qualified, at most",
            "sh:qualifiedValueShape [ sh:class :C ] ; sh:qualifiedMaxCount 1",
            ":a :p :b , :c . :b a :C .",
            ":a :p :b , :c . :b a :C . :c a :C ."),
        new Case(
            "4.7.3 qualified, disjoint",
            ON_A
                + "sh:property [ sh:path :p ; sh:qualifiedValueShape [ sh:class :C ] ; sh:qualifiedMinCount 1 ;"
                + " sh:qualifiedValueShapesDisjoint true ] , [ sh:path :q ; sh:qualifiedValueShape [ sh:class :D ] ;"
                + " sh:qualifiedMinCount 0 ; sh:qualifiedValueShapesDisjoint true ] . :a :p :b . :b a :C .",
            "",
            ":b a :D ."),
        new Case(
            "4.7.1 node, two levels down",
            ON_A
                + "sh:property [ sh:path :p ; sh:node :T ] . :T sh:property [ sh:path :q ; sh:node :U ] ."
                + " :U sh:property [ sh:path :r ; sh:maxCount 0 ] . :a :p :b . :b :q :c .",
            "",
            ":c :r 1 ."));
  }

  private static List<Case> paths() {
    return List.of(
        path("2.3.1.2 sequence", "( :p :q )", ":a :p :b .", ":a :p :b . :b :q 1 ."),
        path("2.3.1.3 alternative", "[ sh:alternativePath ( :p :q ) ]", ":a :r 1 .", ":a :q 1 ."),
        path("2.3.1.4 inverse", "[ sh:inversePath :p ]", ":a :p :b .", ":b :p :a ."),
        path(
            "2.3.1.4 inverse of a sequence",
            "[ sh:inversePath ( :p :q ) ]",
            ":b :p :c .",
            ":b :p :c . :c :q :a ."),
        new Case(
            "2.3.1.5 zero or more",
            ON_A
                + "sh:property [ sh:path [ sh:zeroOrMorePath :p ] ; sh:nodeKind sh:IRI ] . :a :p :b . :b :p :c .",
            "",
            ":c :p 1 ."),
        path("2.3.1.6 one or more", "[ sh:oneOrMorePath :p ]", "", ":a :p :b ."),
        new Case(
            "2.3.1.7 zero or one",
            ON_A + "sh:property [ sh:path [ sh:zeroOrOnePath :p ] ; sh:maxCount 1 ] .",
            "",
            ":a :p :b ."));
  }

  private static Case path(String name, String path, String good, String bad) {
    return new Case(
        name, ON_A + "sh:property [ sh:path " + path + " ; sh:maxCount 0 ] .", good, bad);
  }

  private static List<Case> queries() {
    String query = "SELECT $this ?value WHERE { $this :p ?value . FILTER (?value > 1) }";
    String declare =
        ":o sh:declare [ sh:prefix '' ; sh:namespace 'http://example.org/'^^xsd:anyURI ] . ";
    return List.of(
        new Case(
            "5.1 SPARQL constraint",
            declare + ON_A + "sh:sparql [ sh:prefixes :o ; sh:select '" + query + "' ] .",
            ":a :p 1 .",
            ":a :p 2 ."),
        new Case(
            "5.2 SPARQL constraint that looks far",
            declare
                + ON_A
                + "sh:sparql [ sh:prefixes :o ; sh:select"
                + " 'SELECT $this WHERE { $this ^:q*/:r ?x . FILTER NOT EXISTS { ?x :s ?y } }' ] ."
                + " :b :q :a . :b :r :c .",
            ":c :s 1 .",
            ""),
        new Case(
            "6 constraint component, SELECT",
            declare
                + ":K a sh:ConstraintComponent ; sh:parameter [ sh:path :most ] ; sh:nodeValidator"
                + " [ sh:prefixes :o ; sh:select 'SELECT $this ?value WHERE { $this :p ?value . FILTER (?value > $most) }' ] . "
                + ON_A
                + ":most 1 .",
            ":a :p 1 .",
            ":a :p 2 ."),
        new Case(
            "6 constraint component, ASK",
            declare
                + ":K a sh:ConstraintComponent ; sh:parameter [ sh:path :most ] ; sh:validator"
                + " [ sh:prefixes :o ; sh:ask 'ASK { FILTER ($value <= $most) }' ] . "
                + ON_A
                + "sh:property [ sh:path :p ; :most 1 ] .",
            ":a :p 1 .",
            ":a :p 2 ."),
        new Case(
            "SPARQL target",
            declare
                + ":S a sh:NodeShape ; sh:property [ sh:path :p ; sh:maxCount 0 ] ; sh:target"
                + " [ a sh:SPARQLTarget ; sh:prefixes :o ; sh:select 'SELECT ?this WHERE { ?x :q/:q ?this }' ] ."
                + " :b :q :c . :a :p 1 .",
            "",
            ":c :q :a ."));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void shouldReportWhatJenaReportsWhenDataGoesFromGoodToBadAndBack(Case of) {
    Set<Triple> common = triples(of.common);
    Set<Triple> good = new HashSet<>(triples(of.good));
    Set<Triple> bad = new HashSet<>(triples(of.bad));
    good.removeAll(common);
    bad.removeAll(common);
    Graph base = graph(common, good);
    IncrementalShacl validator =
        new IncrementalShacl(base, graph(Set.of(), Set.of()), node -> false, node -> false);
    List<String> ofGood = full(common, good);
    List<String> ofBad = full(common, bad);
    assertThat(ofBad).isNotEmpty();
    assertThat(ofGood).isEmpty();
    assertThat(lines(validator.load(Deadline.never()))).isEqualTo(ofGood);
    for (int i = 0; i < 2; i++) {
      ShaclOutcome toBad =
          validator.validate(less(bad, good), less(good, bad), 100, Deadline.never());
      assertThat(lines(toBad)).isEqualTo(ofBad);
      validator.move(((ShaclOutcome.Validated) toBad).move());
      ShaclOutcome toGood =
          validator.validate(less(good, bad), less(bad, good), 100, Deadline.never());
      assertThat(lines(toGood)).isEqualTo(ofGood);
      validator.move(((ShaclOutcome.Validated) toGood).move());
    }
  }

  private static Set<Triple> less(Set<Triple> from, Set<Triple> others) {
    Set<Triple> less = new HashSet<>(from);
    less.removeAll(others);
    return less;
  }

  private static List<String> full(Set<Triple> common, Set<Triple> more) {
    Graph graph = graph(common, more);
    return ShaclValidator.get().validate(Shapes.parse(graph), graph).getEntries().stream()
        .map(entry -> line(ShaclResult.of(Node.ANY, Node.ANY, entry)))
        .sorted()
        .toList();
  }

  private static List<String> lines(ShaclOutcome outcome) {
    assertThat(outcome).isInstanceOf(ShaclOutcome.Validated.class);
    return ((ShaclOutcome.Validated) outcome)
        .results().stream().map(ShaclCasesTest::line).sorted().toList();
  }

  private static String line(ShaclResult result) {
    return Stream.of(
            result.focusNode(),
            result.path(),
            result.value(),
            result.component(),
            result.source(),
            result.severity(),
            result.message())
        .map(String::valueOf)
        .toList()
        .toString();
  }

  private static Set<Triple> triples(String turtle) {
    Graph graph =
        RDFParser.create().source(new StringReader(PREFIXES + turtle)).lang(Lang.TURTLE).toGraph();
    return new HashSet<>(graph.find().toSet());
  }

  @SafeVarargs
  private static Graph graph(Set<Triple>... parts) {
    Graph graph = GraphMemFactory.createDefaultGraphSameTerm();
    for (Set<Triple> part : parts) {
      part.forEach(graph::add);
    }
    return graph;
  }
}
