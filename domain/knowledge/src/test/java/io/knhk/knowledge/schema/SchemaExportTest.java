package io.knhk.knowledge.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.knhk.knowledge.Ontologies;
import io.knhk.knowledge.Snapshot;
import io.knhk.knowledge.SnapshotCompiler;
import io.knhk.knowledge.check.ObservationCheck;
import io.knhk.knowledge.schema.SchemaExport.Format;
import io.knhk.schemas.detection.Mismatch;
import io.knhk.schemas.knowledge.CompiledProperty;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.knowledge.DetectorParameters;
import io.knhk.schemas.observation.Datatype;
import io.knhk.schemas.observation.Decoded;
import io.knhk.schemas.observation.Observation;
import io.knhk.schemas.observation.ObservationCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class SchemaExportTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final JsonSchemaFactory FACTORY =
      JsonSchemaFactory.getInstance(VersionFlag.V202012);
  private static final String TYPE = "payment.authorised";

  /** The schema and the check say the same of whatever is on the wire. */
  @Property(tries = 500)
  void shouldAcceptWhatConformsAndRefuseWhatDoesNot(@ForAll long seed)
      throws JsonProcessingException {
    Random random = new Random(seed);
    CompiledSnapshot snapshot = snapshot(randomType(random));
    JsonSchema schema = FACTORY.getSchema(export(snapshot, TYPE, Format.JSONSCHEMA));
    ObservationCheck check = ObservationCheck.of(snapshot);
    for (int i = 0; i < 20; i++) {
      String data = randomData(random);
      JsonNode parsed = JSON.readTree(data);
      boolean valid = schema.validate(parsed).isEmpty();
      List<Mismatch> mismatches = new ArrayList<>();
      check.check(decoded(data), mismatches);
      assertThat(valid).as("%s against %s", data, snapshot.types()).isEqualTo(mismatches.isEmpty());
    }
  }

  @Test
  void shouldBeSchemasThatCanBeReadForEveryBundledType() {
    for (Map.Entry<String, Snapshot> sector : Ontologies.bundled().entrySet()) {
      CompiledSnapshot compiled =
          SnapshotCompiler.compile(sector.getKey(), sector.getValue(), 1, "", "", 0, Map.of());
      for (CompiledType type : compiled.types()) {
        String json = export(compiled, type.name(), Format.JSONSCHEMA);
        assertThat(FACTORY.getSchema(json).validate(JSON.createObjectNode())).isNotEmpty();
        Schema avro = new Schema.Parser().parse(export(compiled, type.name(), Format.AVRO));
        assertThat(avro.getProp("knhk.name")).isEqualTo(type.name());
        assertThat(avro.getField("attributes").schema().getFields())
            .hasSameSizeAs(type.properties());
        assertThat(json).isEqualTo(export(compiled, type.name(), Format.JSONSCHEMA));
      }
    }
  }

  @Test
  void shouldReadAsWrittenWhenItIsSmall() {
    CompiledSnapshot snapshot =
        snapshot(
            new CompiledType(
                "t",
                2,
                false,
                0.5,
                Double.POSITIVE_INFINITY,
                List.of(property("a b", Datatype.INTEGER, true)),
                DetectorParameters.UNKNOWN_TYPE));
    assertThat(export(snapshot, "t", Format.AVRO))
        .isEqualTo(
            """
            {
              "type" : "record",
              "name" : "t",
              "namespace" : "io.knhk.finance",
              "doc" : "data of an observation, as version 7 of sector finance has it",
              "knhk.name" : "t",
              "knhk.snapshot" : "ab",
              "fields" : [ {
                "name" : "eventType",
                "type" : "string",
                "default" : "t"
              }, {
                "name" : "value",
                "type" : "double",
                "knhk.minimum" : 0.5
              }, {
                "name" : "outcome",
                "type" : {
                  "type" : "enum",
                  "name" : "Outcome",
                  "symbols" : [ "ok", "error" ]
                },
                "default" : "ok"
              }, {
                "name" : "attributes",
                "type" : {
                  "type" : "record",
                  "name" : "Attributes",
                  "fields" : [ {
                    "name" : "a_b",
                    "knhk.name" : "a b",
                    "type" : "long"
                  } ]
                }
              } ]
            }
            """);
  }

  @Test
  void shouldKeepNamesApartWhenAvroWouldHaveThemAlike() {
    List<CompiledProperty> properties =
        List.of(
            property("1a", Datatype.STRING, false),
            property("a.b", Datatype.STRING, false),
            property("a_b", Datatype.STRING, false),
            property("é", Datatype.STRING, false));
    CompiledSnapshot snapshot =
        snapshot(
            new CompiledType(
                "Attributes", 2, false, 0, 1, properties, DetectorParameters.UNKNOWN_TYPE));
    Schema avro = new Schema.Parser().parse(export(snapshot, "Attributes", Format.AVRO));
    assertThat(avro.getField("attributes").schema().getFields())
        .extracting(Schema.Field::name)
        .containsExactly("_1a", "a_b", "a_b_2", "_");
  }

  @Test
  void shouldBeNothingWhenTheEventTypeIsNotKnown() {
    assertThat(SchemaExport.of(snapshot(), "x", Format.AVRO)).isEmpty();
    assertThat(Format.named("avro")).hasValue(Format.AVRO);
    assertThat(Format.named("AVRO")).isEmpty();
  }

  static CompiledProperty property(String name, Datatype datatype, boolean required) {
    return new CompiledProperty(
        name, datatype, required, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, List.of());
  }

  static CompiledSnapshot snapshot(CompiledType... types) {
    return new CompiledSnapshot("finance", 7, "ab", "", "", 0, List.of(types), Map.of());
  }

  static String export(CompiledSnapshot snapshot, String type, Format format) {
    return SchemaExport.of(snapshot, type, format).orElseThrow();
  }

  static CompiledType randomType(Random random) {
    List<CompiledProperty> properties = new ArrayList<>();
    for (String name : List.of("a", "b", "c d")) {
      if (random.nextInt(4) > 0) {
        Datatype datatype = List.of(Datatype.values()).get(random.nextInt(4));
        boolean number = datatype == Datatype.INTEGER || datatype == Datatype.DECIMAL;
        double min = number && random.nextBoolean() ? random.nextInt(5) : Double.NEGATIVE_INFINITY;
        double max =
            number && random.nextBoolean() ? 5 + random.nextInt(5) : Double.POSITIVE_INFINITY;
        List<String> allowed = random.nextInt(3) == 0 ? allowed(datatype) : List.of();
        properties.add(
            new CompiledProperty(name, datatype, random.nextBoolean(), min, max, allowed));
      }
    }
    double min = random.nextBoolean() ? 0 : Double.NEGATIVE_INFINITY;
    double max = random.nextBoolean() ? 7.25 : Double.POSITIVE_INFINITY;
    return new CompiledType(TYPE, 2, false, min, max, properties, DetectorParameters.UNKNOWN_TYPE);
  }

  private static List<String> allowed(Datatype datatype) {
    return switch (datatype) {
      case STRING -> List.of("EUR", "x");
      case BOOLEAN -> List.of("true");
      case INTEGER -> List.of("2", "7");
      case DECIMAL -> List.of("2", "3.5");
    };
  }

  private static String randomData(Random random) {
    List<String> attributes = new ArrayList<>();
    for (String name : List.of("a", "b", "c d", "e")) {
      if (random.nextInt(name.equals("e") ? 6 : 2) == 0) {
        // A number never ends in .0: JSON Schema takes that for an integer, KNHK does not.
        List<String> values =
            List.of("\"EUR\"", "\"x\"", "\"y\"", "true", "false", "2", "7", "-4", "3.5", "12");
        attributes.add("\"" + name + "\":" + values.get(random.nextInt(values.size())));
      }
    }
    String value = List.of("-1", "0", "7.25", "7.5", "3").get(random.nextInt(5));
    String outcome = List.of("", ",\"outcome\":\"error\"").get(random.nextInt(2));
    String sent =
        attributes.isEmpty() && random.nextBoolean()
            ? ""
            : ",\"attributes\":{" + String.join(",", attributes) + "}";
    return "{\"eventType\":\"" + TYPE + "\",\"value\":" + value + outcome + sent + "}";
  }

  private static Observation decoded(String data) {
    String event =
        "{\"specversion\":\"1.0\",\"type\":\"io.knhk.observation.v1\",\"source\":\"s\",\"id\":\"1\","
            + "\"time\":\"2026-01-01T00:00:00Z\",\"subject\":\"u\",\"sector\":\"finance\",\"data\":"
            + data
            + "}";
    Decoded decoded =
        ObservationCodec.decode(event.getBytes(StandardCharsets.UTF_8), 1_800_000_000_000L);
    assertThat(decoded).isInstanceOf(Decoded.Accepted.class);
    return ((Decoded.Accepted) decoded).observation();
  }
}
