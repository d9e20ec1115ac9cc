package io.knhk.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.knowledge.check.ObservationCheck;
import io.knhk.schemas.Sectors;
import io.knhk.schemas.detection.Mismatch;
import io.knhk.schemas.knowledge.CompiledProperty;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.observation.Attribute;
import io.knhk.schemas.observation.Datatype;
import io.knhk.schemas.observation.Observation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.GraphMemFactory;
import org.apache.jena.shacl.ShaclValidator;
import org.apache.jena.shacl.Shapes;

/** The compiled check and a SHACL processor must agree on what conforms to a sector's shapes. */
class ShaclAgreementTest {
  private static final Map<String, Shapes> SHAPES = new HashMap<>();
  private static final Map<String, CompiledSnapshot> COMPILED = new HashMap<>();

  static {
    for (String sector : Sectors.ALL) {
      Graph graph = GraphMemFactory.createDefaultGraphSameTerm();
      // Without the core: its shapes are about the ontology, not about observations.
      Bundled.of(sector).lines().stream()
          .filter(line -> SectorIris.owns(sector, NTriple.parse(line).subject()))
          .forEach(line -> graph.add(ShadowGraph.triple(line)));
      SHAPES.put(sector, Shapes.parse(graph));
      COMPILED.put(sector, Bundled.compiled(sector, Bundled.of(sector), 1));
    }
  }

  @Property(tries = 2_000)
  void shouldAgreeWithShaclWhenObservationsAreAnything(@ForAll Random random) {
    String sector = Sectors.ALL.get(random.nextInt(Sectors.ALL.size()));
    CompiledSnapshot compiled = COMPILED.get(sector);
    CompiledType type = compiled.types().get(random.nextInt(compiled.types().size()));
    Observation observation = observation(sector, type, random);
    List<Mismatch> mismatches = new ArrayList<>();
    ObservationCheck.of(compiled).check(observation, mismatches);
    boolean shacl =
        ShaclValidator.get().conforms(SHAPES.get(sector), graph(sector, type, observation));
    assertThat(mismatches.isEmpty()).as("%s: %s", observation, mismatches).isEqualTo(shacl);
  }

  private static Observation observation(String sector, CompiledType type, Random random) {
    List<Attribute> attributes = new ArrayList<>();
    for (CompiledProperty property : type.properties()) {
      if (random.nextInt(10) > 0) {
        attributes.add(attribute(property, random));
      }
    }
    double value = number(type.valueMin(), type.valueMax(), random);
    return new Observation(sector, "urn:test", "1", 0, "s", type.name(), value, false, attributes);
  }

  private static Attribute attribute(CompiledProperty property, Random random) {
    Datatype[] all = Datatype.values();
    Datatype datatype =
        random.nextInt(12) > 0 ? property.datatype() : all[random.nextInt(all.length)];
    double min = Double.isFinite(property.min()) ? property.min() : -100;
    double max = Double.isFinite(property.max()) ? property.max() : 100;
    return switch (datatype) {
      case STRING ->
          Attribute.ofText(
              property.name(),
              property.allowed().isEmpty() || random.nextInt(12) == 0
                  ? "other than allowed"
                  : property.allowed().get(random.nextInt(property.allowed().size())));
      case BOOLEAN -> Attribute.ofBoolean(property.name(), random.nextBoolean());
      case INTEGER -> {
        long value = Math.round(number(min, max, random));
        yield Attribute.ofNumber(property.name(), Long.toString(value), (double) value, true);
      }
      case DECIMAL -> {
        double value = number(min, max, random) + 0.5;
        yield Attribute.ofNumber(property.name(), Terms.plain(value), value, false);
      }
    };
  }

  /** Mostly inside, sometimes on a bound, sometimes outside. */
  private static double number(double min, double max, Random random) {
    return switch (random.nextInt(20)) {
      case 0 -> min;
      case 1 -> max;
      case 2 -> min - 1;
      case 3 -> max + 1;
      default -> min + random.nextDouble() * (max - min);
    };
  }

  private static Graph graph(String sector, CompiledType type, Observation observation) {
    SectorIris iris = new SectorIris(sector);
    Graph graph = GraphMemFactory.createDefaultGraphSameTerm();
    add(graph, Vocabulary.A, iris.type(observation.eventType()));
    add(graph, Vocabulary.VALUE, Terms.decimal(observation.value()));
    for (Attribute attribute : observation.attributes()) {
      Datatype declared =
          type.properties().stream()
              .filter(property -> property.name().equals(attribute.name()))
              .findFirst()
              .orElseThrow()
              .datatype();
      // Where a decimal is declared, an integer on the wire is one.
      Datatype written = declared.accepts(attribute.datatype()) ? declared : attribute.datatype();
      String literal =
          written == Datatype.STRING
              ? Terms.text(attribute.text())
              : Terms.quoted(attribute.text()) + "^^" + SnapshotCompiler.datatypeTerm(written);
      add(graph, iris.attribute(attribute.name()), literal);
    }
    return graph;
  }

  private static void add(Graph graph, String predicate, String object) {
    graph.add(ShadowGraph.triple(new NTriple("<urn:observation>", predicate, object).line()));
  }
}
