package io.knhk.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.knowledge.ImportResult.Imported;
import io.knhk.knowledge.ImportResult.Refused;
import io.knhk.schemas.Sectors;
import io.knhk.schemas.knowledge.CompiledProperty;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.CompiledSnapshotCodec;
import io.knhk.schemas.knowledge.CompiledType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.GraphMemFactory;
import org.apache.jena.shacl.ShaclValidator;
import org.apache.jena.shacl.ValidationReport;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OntologiesTest {
  private static final String PREFIXES =
      """
      @prefix knhk: <https://knhk.io/ns/core#> .
      @prefix fin: <https://knhk.io/ns/finance#> .
      @prefix owl: <http://www.w3.org/2002/07/owl#> .
      @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
      @prefix sh: <http://www.w3.org/ns/shacl#> .
      """;

  @Nested
  class OfTheRelease {
    @Test
    void shouldHaveASnapshotOfEachSectorWhenBundled() {
      assertThat(Bundled.SNAPSHOTS.keySet()).containsExactlyElementsOf(Sectors.ALL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"energy", "finance", "healthcare", "logistics", "manufacturing"})
    void shouldConformToItsOwnMetaShapesWhenTheWholeIsValidated(String sector) {
      Graph graph = GraphMemFactory.createDefaultGraphSameTerm();
      Bundled.of(sector).lines().forEach(line -> graph.add(ShadowGraph.triple(line)));
      ValidationReport report =
          ShaclValidator.get().validate(ValidationPipeline.coreShapes(), graph);
      assertThat(report.getEntries()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"energy", "finance", "healthcare", "logistics", "manufacturing"})
    void shouldKnowADozenEventTypesAndFitInABroadcastWhenCompiled(String sector) {
      CompiledSnapshot compiled = Bundled.compiled(sector, Bundled.of(sector), 1);
      assertThat(compiled.types()).hasSizeGreaterThanOrEqualTo(12);
      assertThat(CompiledSnapshotCodec.decode(CompiledSnapshotCodec.encode(compiled)))
          .isEqualTo(compiled);
    }

    @Test
    void shouldSayWhatTheReplayRestsOnWhenCompiled() {
      CompiledType payment = type("finance", "payment.authorised");
      assertThat(payment.decimals()).isEqualTo(2);
      assertThat(payment.watchEachSubject()).isTrue();
      assertThat(payment.valueMin()).isEqualTo(0.01);
      assertThat(payment.valueMax()).isEqualTo(10_000);
      assertThat(payment.properties())
          .extracting(CompiledProperty::name)
          .containsExactly("channel", "currency", "merchant_category");
      CompiledProperty currency = payment.properties().get(1);
      assertThat(currency.required()).isTrue();
      assertThat(currency.allowed()).containsExactly("CHF", "EUR", "GBP", "JPY", "USD");

      CompiledType heartRate = type("healthcare", "vital.heart_rate");
      assertThat(heartRate.detectors().expectedEveryMs()).isEqualTo(600_000);
      assertThat(heartRate.watchEachSubject()).isTrue();
      assertThat(type("energy", "meter.reading").detectors().bucketMs()).isEqualTo(3_600_000);
      assertThat(type("manufacturing", "machine.temperature").detectors().driftZ()).isPositive();
      assertThat(types("logistics"))
          .extracting(CompiledType::name)
          .contains("taxi.demand", "traffic.travel_time", "traffic.speed")
          .doesNotContain("traffic.occupancy");
    }

    @Test
    void shouldTakeAGuardsLimitWhenTheWatchRuleStatesNone() {
      assertThat(type("finance", "card.blocked").detectors().maxPerBucket()).isEqualTo(5_000);
    }

    @Test
    void shouldHaveStableIdsWhenReadAgain() {
      assertThat(Ontologies.bundled()).isEqualTo(Bundled.SNAPSHOTS);
    }

    private static List<CompiledType> types(String sector) {
      return Bundled.compiled(sector, Bundled.of(sector), 1).types();
    }

    private static CompiledType type(String sector, String name) {
      return types(sector).stream()
          .filter(type -> type.name().equals(name))
          .findFirst()
          .orElseThrow();
    }
  }

  @Nested
  class OfBlankNodes {
    private static final String ONE =
        "fin:a sh:in ( \"x\" \"y\" ) ; sh:property [ rdfs:label \"one\" ] , [ rdfs:label \"two\" ; rdfs:seeAlso [ rdfs:label \"deep\" ] ] .";
    private static final String SAME =
        """
        _:q rdfs:label "two" . _:z rdfs:label "deep" . _:q rdfs:seeAlso _:z .
        fin:a sh:property _:q , [ rdfs:label "one" ] ; sh:in ( "x" "y" ) .
        """;

    @Test
    void shouldNameThemByWhatIsSaidWhenLabelsAndOrderDiffer() {
      Snapshot one = imported(ONE);
      assertThat(one).isEqualTo(imported(SAME));
      assertThat(one.lines()).noneMatch(line -> line.contains("_:"));
    }

    @Test
    void shouldNameThemAllWhenNothingTellsThemApart() {
      Snapshot twins = imported("fin:a sh:property [ rdfs:label \"x\" ] , [ rdfs:label \"x\" ] .");
      assertThat(twins.size()).isEqualTo(4);
      assertThat(twins)
          .isEqualTo(
              imported(
                  "_:b rdfs:label \"x\" . fin:a sh:property _:b , _:c . _:c rdfs:label \"x\" ."));
    }

    @Test
    void shouldNameThemByTheWholeDocumentWhenItIsAnother() {
      Snapshot one = imported("fin:a sh:property [ rdfs:label \"x\" ] .");
      Snapshot two = imported("fin:a sh:property [ rdfs:label \"x\" ] . fin:b rdfs:label \"y\" .");
      assertThat(two.lines()).doesNotContainAnyElementsOf(one.lines());
      assertThat(one.lines())
          .allMatch(
              line -> line.matches(".*<https://knhk.io/ns/finance/node#[0-9a-f]{32}-c14n0>.*"));
    }

    @Test
    void shouldStopWhenNamingWouldTakeTooLong() {
      StringBuilder list = new StringBuilder("fin:a sh:in ( ");
      for (int i = 0; i < 20_000; i++) {
        list.append("\"same\" ");
      }
      assertRefused(RefusalReason.BLANK_NODE_WORK, list.append(") .").toString());
    }
  }

  @Nested
  class OfHostileFiles {
    @ParameterizedTest
    @ValueSource(ints = {65, 10_000})
    void shouldRefuseWhenNestedTooDeep(int depth) {
      assertRefused(
          RefusalReason.NESTED_TOO_DEEP,
          "fin:a rdfs:seeAlso "
              + "[ rdfs:seeAlso ".repeat(depth)
              + "fin:b"
              + " ]".repeat(depth)
              + " .");
      assertRefused(
          RefusalReason.NESTED_TOO_DEEP,
          "fin:a rdfs:seeAlso " + "( ".repeat(depth) + ") ".repeat(depth) + ".");
    }

    @Test
    void shouldReadWhenNestedAsDeepAsAllowed() {
      imported(
          "fin:a rdfs:seeAlso " + "[ rdfs:seeAlso ".repeat(64) + "fin:b" + " ]".repeat(64) + " .");
    }

    @Test
    void shouldNotCountBracketsWhenTheyAreInStringsCommentsOrIris() {
      String brackets = "[(".repeat(100);
      imported(
          "fin:a rdfs:label \""
              + brackets
              + "\\\"\" , '''"
              + brackets
              + "'"
              + brackets
              + "''' . # "
              + brackets
              + "\nfin:a rdfs:seeAlso <https://example.org/(((> .");
    }

    @Test
    void shouldRefuseWhenItIsNotTurtle() {
      assertRefused(RefusalReason.MALFORMED, "fin:a rdfs:label .");
      assertRefused(RefusalReason.MALFORMED, "fin:a rdfs:label \"open .");
      assertRefused(
          RefusalReason.MALFORMED, "<!DOCTYPE rdf [ <!ENTITY x SYSTEM 'file:///etc/passwd'> ]>");
      assertThat(load(new byte[] {(byte) 0xc3, (byte) 0x28}))
          .isEqualTo(new Refused(RefusalReason.MALFORMED, "expected UTF-8"));
    }

    @Test
    void shouldRefuseWhenItWouldFetchOrRun() {
      assertRefused(
          RefusalReason.NOT_ALLOWED,
          "<https://knhk.io/ns/finance> owl:imports <file:///etc/passwd> .");
      assertRefused(RefusalReason.NOT_ALLOWED, "fin:a sh:js fin:b .");
      assertRefused(RefusalReason.NOT_ALLOWED, "fin:a sh:rule fin:b .");
      assertRefused(RefusalReason.NOT_ALLOWED, "fin:a sh:target fin:b .");
    }

    @Test
    void shouldRefuseWhenItSpeaksAboutWhatIsNotItsOwn() {
      assertRefused(RefusalReason.NOT_OWNED, "knhk:defaultWatch knhk:maxPerBucket 5 .");
      assertRefused(RefusalReason.NOT_OWNED, "<https://knhk.io/ns/energy#x> rdfs:label \"x\" .");
    }

    @Test
    void shouldRefuseWhenTooLarge() {
      assertThat(((Refused) load(new byte[ReadLimits.FILE.bytesMax() + 1])).reason())
          .isEqualTo(RefusalReason.TOO_LARGE);
    }

    @Test
    void shouldRefuseWhenThereAreTooManyTriples() {
      StringBuilder many = new StringBuilder("fin:a rdfs:label \"0\"");
      for (int i = 1; i <= Snapshot.TRIPLES_MAX; i++) {
        many.append(",\"").append(i).append('"');
      }
      assertRefused(RefusalReason.TOO_MANY_TRIPLES, many.append(" .").toString());
    }
  }

  private static Snapshot imported(String turtle) {
    ImportResult result = load((PREFIXES + turtle).getBytes(StandardCharsets.UTF_8));
    assertThat(result).isInstanceOf(Imported.class);
    return ((Imported) result).snapshot();
  }

  private static void assertRefused(RefusalReason reason, String turtle) {
    ImportResult result = load((PREFIXES + turtle).getBytes(StandardCharsets.UTF_8));
    assertThat(result).isInstanceOf(Refused.class);
    assertThat(((Refused) result).reason()).isEqualTo(reason);
  }

  private static ImportResult load(byte[] turtle) {
    return Ontologies.load("finance", new byte[0], turtle);
  }
}
