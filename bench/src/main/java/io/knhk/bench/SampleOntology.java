package io.knhk.bench;

import io.knhk.knowledge.Ancestor;
import io.knhk.knowledge.Candidate;
import io.knhk.knowledge.Context;
import io.knhk.knowledge.ImportResult;
import io.knhk.knowledge.Ontologies;
import io.knhk.knowledge.Snapshot;
import io.knhk.knowledge.SnapshotCompiler;
import io.knhk.schemas.Sectors;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.Delta;
import io.knhk.schemas.knowledge.Proposal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.GraphMemFactory;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFParser;

/**
 * The finance sector as a bank would have grown it: the bundled event types, and a register of
 * branches, accounts and the like in 20 classes, each with a node shape of the usual kinds of
 * constraint and six triples an entry. Any size; the same whenever it is made.
 */
final class SampleOntology {
  /** Classes of the register, and node shapes of them. */
  static final int CLASSES = 20;

  private static final String SECTOR = "finance";
  private static final String FOLDER = "ontology/";
  private static final int ENTRY_TRIPLES = 6;
  private static final String FIN = "<https://knhk.io/ns/finance#";
  private static final String XSD_INTEGER = "^^<http://www.w3.org/2001/XMLSchema#integer>";
  private static final String RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>";
  private static final String RDFS = "<http://www.w3.org/2000/01/rdf-schema#";
  private static final String SH = "<http://www.w3.org/ns/shacl#";
  private static final String CORE = "<https://knhk.io/ns/core#";

  private final String sectorTurtle;
  private final Snapshot head;
  private final int entries;

  private SampleOntology(String sectorTurtle, Snapshot head, int entries) {
    this.sectorTurtle = sectorTurtle;
    this.head = head;
    this.entries = entries;
  }

  /**
   * With about {@code triples} triples, the core's included.
   *
   * @param triples at least what the bundled sector has
   */
  static SampleOntology of(int triples) {
    String shapes = bundled(SECTOR) + shapes();
    int rest = triples - load(shapes).size();
    if (rest < CLASSES * ENTRY_TRIPLES) {
      throw new IllegalArgumentException(
          "expected room for an entry of each class: triples=" + triples);
    }
    int entries = rest / ENTRY_TRIPLES;
    StringBuilder turtle = new StringBuilder(shapes);
    for (int i = 0; i < entries; i++) {
      entry(i, entries).forEach(line -> turtle.append(line).append('\n'));
    }
    return new SampleOntology(turtle.toString(), load(turtle.toString()), entries);
  }

  Snapshot head() {
    return head;
  }

  /** What a full validation reads shapes and data from: core and sector, with their blank nodes. */
  Graph graph() {
    Graph graph = GraphMemFactory.createDefaultGraphSameTerm();
    read(bundled("core"), "https://knhk.io/ns/core", graph);
    read(sectorTurtle, "https://knhk.io/ns/finance", graph);
    return graph;
  }

  /**
   * A change that conforms: a new entry, and some that is said of an old one, for every ten
   * triples; from 100 on, 16 of them are two new attributes of an event type.
   *
   * @param triples a multiple of 10
   * @param variant another change for each
   */
  Delta delta(int triples, int variant) {
    List<String> added = new ArrayList<>();
    List<String> removed = new ArrayList<>();
    int left = triples;
    if (triples >= 100) {
      added.addAll(attribute("bench_a" + variant));
      added.addAll(attribute("bench_b" + variant));
      left -= added.size();
    }
    for (int i = 0; left > 0; i++) {
      int old = (variant * 7_919 + i * 10_007) % entries;
      List<String> said = new ArrayList<>();
      said.addAll(entry(entries + variant * 100 + i, entries));
      said.add(entry(old, "status", "\"shut\""));
      said.add(name(old) + " " + RDFS + "label> \"Entry " + variant + "\" .");
      said.add(name(old) + " " + RDFS + "comment> \"Round " + variant + "\" .");
      if (left <= said.size()) {
        // An entry that is not whole would not conform.
        for (int n = 0; n < left; n++) {
          added.add(name(old) + " " + RDFS + "seeAlso> " + name(n) + " .");
        }
        left = 0;
      } else {
        removed.add(entry(old, "status", "\"open\""));
        added.addAll(said);
        left -= said.size() + 1;
      }
    }
    return new Delta(added, removed);
  }

  /** The change as execute would hand it over. */
  Candidate candidate(Delta delta) {
    return candidate(SnapshotCompiler.compile(SECTOR, head, 1, "", "", 0, Map.of()), delta);
  }

  /** Likewise, the head being compiled already. */
  Candidate candidate(CompiledSnapshot compiled, Delta delta) {
    Proposal proposal =
        new Proposal(
            "00".repeat(32),
            SECTOR,
            "payment.authorised",
            Proposal.BY_HAND,
            false,
            1,
            "ab".repeat(32),
            1,
            head.id(),
            0,
            0,
            "bench",
            delta);
    return new Candidate(
        head, compiled, List.of(new Ancestor(1, head.id(), "", 0)), proposal, 0, 0, Context.NONE);
  }

  private static List<String> attribute(String name) {
    String type = FIN + "payment.authorised>";
    String shape = FIN + "payment.authorised:" + name + ">";
    String property = "<https://knhk.io/ns/finance/attribute#" + name + ">";
    return List.of(
        property + " " + RDF_TYPE + " <http://www.w3.org/2002/07/owl#DatatypeProperty> .",
        type + " " + SH + "property> " + shape + " .",
        shape + " " + RDF_TYPE + " " + SH + "PropertyShape> .",
        shape + " " + RDF_TYPE + " " + CORE + "AttributeConstraint> .",
        shape + " " + CORE + "attributeName> \"" + name + "\" .",
        shape + " " + SH + "path> " + property + " .",
        shape + " " + SH + "datatype> <http://www.w3.org/2001/XMLSchema#string> .",
        shape + " " + SH + "maxCount> \"1\"" + XSD_INTEGER + " .");
  }

  private static String name(int entry) {
    return FIN + "register-" + entry + ">";
  }

  private static String entry(int entry, String property, String value) {
    return name(entry) + " " + FIN + property + "> " + value + " .";
  }

  private static List<String> entry(int entry, int entries) {
    int kind = entry % CLASSES;
    // One of the class before, which is the entry before.
    int owner = kind == 0 ? 0 : (entry - 1) % entries;
    if (owner % CLASSES != Math.max(0, kind - 1)) {
      owner = Math.max(0, kind - 1);
    }
    return List.of(
        name(entry) + " " + RDF_TYPE + " " + FIN + "Register" + kind + "> .",
        entry(entry, "code", "\"R" + entry + "\""),
        entry(entry, "opened", "\"" + (entry % 1_000) + "\"" + XSD_INTEGER),
        entry(entry, "closes", "\"" + (entry % 1_000 + 10) + "\"" + XSD_INTEGER),
        entry(entry, "belongsTo", name(owner)),
        entry(entry, "status", "\"open\""));
  }

  private static String shapes() {
    StringBuilder turtle = new StringBuilder();
    for (int kind = 0; kind < CLASSES; kind++) {
      turtle.append(
          """

          fin:Register%1$d a owl:Class .
          fin:Register%1$dShape a sh:NodeShape ;
              sh:targetClass fin:Register%1$d ;
              sh:property fin:Register%1$d.code , fin:Register%1$d.opened , fin:Register%1$d.closes ,
                  fin:Register%1$d.owner , fin:Register%1$d.owned , fin:Register%1$d.above , fin:Register%1$d.status .
          fin:Register%1$d.code sh:path fin:code ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:string ; sh:pattern "^R[0-9]+$" .
          fin:Register%1$d.opened sh:path fin:opened ; sh:maxCount 1 ; sh:datatype xsd:integer ; sh:lessThan fin:closes .
          fin:Register%1$d.closes sh:path fin:closes ; sh:maxCount 1 ; sh:minInclusive 0 .
          fin:Register%1$d.owner sh:path fin:belongsTo ; sh:minCount 1 ; sh:class fin:Register%2$d .
          fin:Register%1$d.owned sh:path [ sh:inversePath fin:belongsTo ] ; sh:nodeKind sh:IRI .
          fin:Register%1$d.above sh:path ( fin:belongsTo fin:belongsTo ) ; sh:nodeKind sh:IRI .
          fin:Register%1$d.status sh:path fin:status ; sh:minCount 1 ; sh:in ( "open" "shut" ) .
          """
              .formatted(kind, Math.max(0, kind - 1)));
    }
    return turtle.toString();
  }

  private static Snapshot load(String sectorTurtle) {
    ImportResult result =
        Ontologies.load(
            SECTOR,
            bundled("core").getBytes(StandardCharsets.UTF_8),
            sectorTurtle.getBytes(StandardCharsets.UTF_8));
    if (result instanceof ImportResult.Imported imported) {
      return imported.snapshot();
    }
    throw new IllegalStateException("expected an ontology that is read: result=" + result);
  }

  private static void read(String turtle, String base, Graph graph) {
    RDFParser.create()
        .source(new ByteArrayInputStream(turtle.getBytes(StandardCharsets.UTF_8)))
        .lang(Lang.TURTLE)
        .base(base)
        .parse(graph);
  }

  private static String bundled(String name) {
    try (InputStream in = Sectors.class.getResourceAsStream(FOLDER + name + ".ttl")) {
      if (in == null) {
        throw new IllegalStateException("expected a bundled ontology: name=" + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("expected a bundled ontology: name=" + name, e);
    }
  }
}
