package io.knhk.knowledge.shacl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueryRulesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT $this WHERE { $this <urn:p> ?v }",
        "ASK { $this <urn:p>/^<urn:q>*|!<urn:r> ?v . FILTER (?v > 1 && regex(str(?v), \"^[a-z]+$\", \"i\")) }",
        "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> SELECT $this WHERE { $this <urn:p> ?v . FILTER (xsd:integer(?v) < 2) }",
        "SELECT $this (COUNT(?v) AS ?n) WHERE { { $this <urn:p> ?v } UNION { $this <urn:q> ?v } OPTIONAL { ?v <urn:r> ?w } }"
            + " GROUP BY $this HAVING (COUNT(?v) > 1) ORDER BY DESC(?n) LIMIT 5",
        "SELECT $this WHERE { { SELECT $this WHERE { $this a ?c } } FILTER NOT EXISTS { $this <urn:p> \"SERVICE <urn:x> {}\" } }",
        "SELECT $this WHERE { $this <urn:p> ?v . BIND (IF(BOUND(?v), COALESCE(?v, 1), 2) AS ?w) } # FROM <urn:x>"
      })
  void shouldAllowWhenAQueryLooksAtTheDataAlone(String query) {
    assertThat(QueryRules.problem(query)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT $this WHERE { SERVICE <http://127.0.0.1:9/> { $this ?p ?o } }",
        "SELECT $this WHERE { $this ?p ?o FILTER EXISTS { SERVICE SILENT <http://127.0.0.1:9/> { ?a ?b ?c } } }",
        "SELECT $this WHERE { { SELECT $this WHERE { OPTIONAL { SERVICE ?s { $this ?p ?o } } } } }",
        "SELECT (EXISTS { SERVICE <urn:x> { ?a ?b ?c } } AS ?e) WHERE { $this ?p ?o }",
        "SELECT $this WHERE { $this ?p ?o } ORDER BY (EXISTS { SERVICE <urn:x> { ?a ?b ?c } })",
        "SELECT (MAX(IF(EXISTS { SERVICE <urn:x> { ?a ?b ?c } }, 1, 2)) AS ?m) WHERE { $this ?p ?o }",
        "SELECT $this FROM <http://127.0.0.1:9/> WHERE { $this ?p ?o }",
        "SELECT $this FROM NAMED <file:///etc/passwd> WHERE { GRAPH ?g { $this ?p ?o } }",
        "SELECT $this WHERE { GRAPH <file:///etc/passwd> { $this ?p ?o } }",
        "SELECT $this WHERE { GRAPH $shapesGraph { $this ?p ?o } }",
        "LOAD <http://127.0.0.1:9/>",
        "INSERT DATA { <urn:a> <urn:b> <urn:c> }",
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "DESCRIBE <urn:a>",
        "SELECT $this WHERE { FILTER (<java:java.lang.System.exit>(1)) }",
        "SELECT $this WHERE { BIND (<http://jena.apache.org/ARQ/jsFunction#f>(1) AS ?x) }",
        "SELECT $this WHERE { BIND (<http://jena.apache.org/ARQ/function#systemProperty>(\"user.home\") AS ?x) }",
        "SELECT $this WHERE { BIND (<urn:unknown>(1) AS ?x) }",
        "SELECT $this WHERE { $this <java:org.example.Anything> ?x }",
        "SELECT $this WHERE { ?s <http://jena.apache.org/text#query> \"x\" . ?x <http://jena.apache.org/ARQ/property#splitIRI> (?a ?b) }",
        "SELECT $this WHERE { ?s (<urn:p>|<http://jena.apache.org/ARQ/property#versionARQ>)/<urn:q> ?v }",
        "SELECT $this WHERE { BIND (NOW() AS ?x) }",
        "SELECT $this WHERE { BIND (RAND() AS ?x) }",
        "SELECT $this WHERE { BIND (UUID() AS ?x) }",
        "SELECT $this WHERE { BIND (CONCAT(STRUUID(), \"x\") AS ?x) }",
        "SELECT $this WHERE { BIND (BNODE() AS ?x) }",
        "SELECT $this WHERE { VALUES ?x { 1 2 } }",
        "SELECT $this WHERE { $this ?p ?o } VALUES ?x { 1 2 }",
        "SELECT $this WHERE { $this ?p ?o MINUS { $this <urn:p> ?o } }",
        "SELECT $this WHERE { LET (?x := 1) }",
        "SELECT $this WHERE { $this ?p ?o . FILTER (CALL(<java:java.lang.System.exit>, 1)) }",
        "SELECT $this WHERE { $this <urn:p> ?o . LATERAL { ?a ?b ?c } }",
        "SELECT $this WHERE { $this ?p ?o FILTER (regex(?o, \"(a+)+$\")) }",
        "SELECT $this WHERE { $this ?p ?o FILTER (regex(\"x\", ?o)) }",
        "SELECT $this WHERE { $this ?p \"\\u0041\" }",
        "SELECT $this WHERE { $this ?p"
      })
  void shouldRefuseWhenAQueryReachesOutOrIsNone(String query) {
    assertThat(QueryRules.problem(query)).isNotNull().startsWith("expected ");
  }

  @Test
  void shouldRefuseRatherThanOverflowWhenItIsNestedOrLong() {
    String open = "(".repeat(7_000);
    assertThat(QueryRules.problem("ASK { FILTER " + open + "1" + open.replace('(', ')') + " }"))
        .startsWith("expected bounded nesting: depth=7001, limit=64");
    assertThat(QueryRules.problem("ASK " + "{".repeat(65) + "}".repeat(65)))
        .startsWith("expected bounded nesting");
    assertThat(QueryRules.problem("ASK " + "{".repeat(64) + "}".repeat(64))).isNull();
    assertThat(QueryRules.problem("ASK {" + " ".repeat(QueryRules.CHARS_MAX) + "}"))
        .startsWith("expected a bounded query");
    assertThat(
            QueryRules.problem(
                "ASK { FILTER " + "(".repeat(10_000) + "1" + ")".repeat(10_000) + " }"))
        .startsWith("expected a bounded query: chars=20016");
    // Long without brackets: the tree of it is as deep as it is long.
    String sum = "1" + "+1".repeat(8_000);
    assertThat(QueryRules.problem("ASK { FILTER (" + sum + ") }"))
        .satisfiesAnyOf(
            problem -> assertThat(problem).isNull(),
            problem ->
                assertThat(problem).startsWith("expected a query that the parser can follow"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "^[a-z][a-z-]{0,63}$",
        "^A.*B$",
        "(foo|bar)+",
        "(?:abc|\\d)x",
        "a(b|c)d*",
        "[(+*]+",
        "^\\(+\\)$"
      })
  void shouldAllowWhenAPatternIsPlain(String pattern) {
    assertThat(PatternRules.problem(pattern)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(a+)+$",
        "(a*)*",
        "((a+)b?)*",
        "(a|a)*",
        "(a|ab)+",
        "(.|x)*y",
        "(x+x+)+y",
        "(a)\\1",
        "(?<n>a)\\k<n>",
        "(a{1,9}){9,}"
      })
  void shouldRefuseWhenAPatternCanTakeForEver(String pattern) {
    assertThat(PatternRules.problem(pattern)).isNotNull();
  }

  @Test
  void shouldRefuseWhenAPatternIsLong() {
    assertThat(PatternRules.problem("a".repeat(512))).isNull();
    assertThat(PatternRules.problem("a".repeat(513))).contains("limit=512");
  }
}
