package io.knhk.schemas.observation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.knhk.schemas.Sectors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The JSON Schema for publishers and the codec say the same of the same events. */
class ObservationSchemaTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String GOOD =
      """
      {"specversion":"1.0","type":"io.knhk.observation.v1","source":"urn:a","id":"1",\
      "time":"2015-09-09T06:00:06.718Z","subject":"s","sector":"finance","partitionkey":"urn:a",\
      "datacontenttype":"application/json","data":{"eventType":"payment.authorised",\
      "value":12.5,"outcome":"ok","attributes":{"currency":"EUR"}}}""";

  private static JsonNode schemaNode;
  private static JsonSchema schema;

  @BeforeAll
  static void load() throws IOException {
    try (InputStream in =
        ObservationSchemaTest.class.getResourceAsStream(
            "/io/knhk/schemas/observation.schema.json")) {
      schemaNode = JSON.readTree(in);
    }
    schema =
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
            .getSchema(
                schemaNode, SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build());
  }

  static Stream<Arguments> same() {
    List<Arguments> cases = new ArrayList<>();
    accepted(cases, "as it is", GOOD);
    for (String member :
        List.of("specversion", "type", "source", "id", "time", "subject", "sector", "data")) {
      refused(cases, "without " + member, GOOD.replace("\"" + member + "\":", "\"other\":"));
      String value = "\"" + member + "\":(\"[^\"]*\"|\\{.*\\}(?=\\}$))";
      refused(cases, member + " null", GOOD.replaceFirst(value, "\"" + member + "\":null"));
      refused(cases, member + " number", GOOD.replaceFirst(value, "\"" + member + "\":7"));
    }
    accepted(cases, "no partition key", GOOD.replace("\"partitionkey\":\"urn:a\",", ""));
    accepted(
        cases,
        "null partition key",
        GOOD.replace("\"partitionkey\":\"urn:a\"", "\"partitionkey\":null"));
    refused(
        cases,
        "empty partition key",
        GOOD.replace("\"partitionkey\":\"urn:a\"", "\"partitionkey\":\"\""));
    refused(
        cases,
        "object partition key",
        GOOD.replace("\"partitionkey\":\"urn:a\"", "\"partitionkey\":{}"));
    accepted(
        cases, "no content type", GOOD.replace("\"datacontenttype\":\"application/json\",", ""));
    accepted(
        cases,
        "content type with charset",
        GOOD.replace("application/json", "application/json; charset=utf-8"));
    accepted(
        cases, "content type in capitals", GOOD.replace("application/json", "Application/JSON"));
    accepted(
        cases,
        "content type with suffix",
        GOOD.replace("application/json", "application/vnd.a+json"));
    refused(cases, "content type xml", GOOD.replace("application/json", "application/xml"));
    accepted(cases, "extension text", GOOD.replaceFirst("\\{", "{\"traceparent\":\"00-1\","));
    accepted(cases, "extension number", GOOD.replaceFirst("\\{", "{\"sampledrate\":3,"));
    accepted(cases, "extension boolean", GOOD.replaceFirst("\\{", "{\"own\":true,"));
    accepted(cases, "extension null", GOOD.replaceFirst("\\{", "{\"own\":null,"));
    refused(cases, "extension object", GOOD.replaceFirst("\\{", "{\"own\":{},"));
    refused(cases, "extension array", GOOD.replaceFirst("\\{", "{\"own\":[1],"));
    refused(cases, "data as bytes", GOOD.replaceFirst("\\{", "{\"data_base64\":\"e30=\","));
    accepted(cases, "data as null bytes", GOOD.replaceFirst("\\{", "{\"data_base64\":null,"));
    refused(cases, "specversion 0.3", GOOD.replace("\"1.0\"", "\"0.3\""));
    refused(cases, "another type", GOOD.replace("observation.v1", "observation.v2"));
    refused(cases, "unknown sector", GOOD.replace("\"finance\"", "\"gambling\""));
    refused(cases, "reserved sector", GOOD.replace("\"finance\"", "\"_ingest\""));
    for (String time :
        List.of(
            "2015-09-09T06:00:06Z",
            "2015-09-09T06:00:06.123456789+02:00",
            "2000-02-29T00:00:00Z")) {
      accepted(cases, time, GOOD.replace("2015-09-09T06:00:06.718Z", time));
    }
    for (String time :
        List.of(
            "2015-09-09 06:00:06",
            "2015-09-09",
            "2015-02-29T00:00:00Z",
            "2015-09-09T06:00:60Z",
            "2015-09-09T25:00:00Z",
            "1441777206")) {
      refused(cases, time, GOOD.replace("2015-09-09T06:00:06.718Z", time));
    }
    names(cases, "id", "\"id\":\"1\"", "\"id\":\"%s\"");
    names(cases, "source", "\"source\":\"urn:a\"", "\"source\":\"%s\"");
    names(cases, "subject", "\"subject\":\"s\"", "\"subject\":\"%s\"");
    names(cases, "event type", "payment.authorised", "%s");
    names(cases, "attribute name", "\"currency\"", "\"%s\"");
    data(cases);
    return cases.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("same")
  void shouldAgreeWithTheCodec(String name, boolean accepted, String event) throws IOException {
    Decoded decoded =
        ObservationCodec.decode(event.getBytes(StandardCharsets.UTF_8), Long.MAX_VALUE / 2);
    Set<ValidationMessage> messages = schema.validate(JSON.readTree(event));
    assertThat(decoded instanceof Decoded.Accepted).as("codec: %s", decoded).isEqualTo(accepted);
    assertThat(messages.isEmpty()).as("schema: %s", messages).isEqualTo(accepted);
  }

  @Test
  void shouldAcceptEveryGoldenObservation() throws IOException {
    try (Stream<Path> files =
        Files.list(Path.of("src/test/resources/io/knhk/schemas/observation/good"))) {
      for (Path file : files.toList()) {
        assertThat(schema.validate(JSON.readTree(Files.readAllBytes(file))))
            .as("%s", file)
            .isEmpty();
      }
    }
  }

  @Test
  void shouldNameTheSameSectorsAndLimitsAsTheCode() {
    List<String> sectors = new ArrayList<>();
    schemaNode.at("/properties/sector/enum").forEach(node -> sectors.add(node.asText()));
    assertThat(sectors).isEqualTo(Sectors.ALL);
    assertThat(schemaNode.at("/$defs/name/maxLength").asInt())
        .isEqualTo(ObservationLimits.NAME_CHARS_MAX);
    assertThat(schemaNode.at("/$defs/data/properties/attributes/maxProperties").asInt())
        .isEqualTo(ObservationLimits.ATTRIBUTES_MAX);
    assertThat(schemaNode.at("/properties/type/const").asText()).isEqualTo(Observation.TYPE);
    assertThat(schemaNode.at("/description").asText())
        .contains(ObservationLimits.BYTES_MAX + " bytes")
        .contains(ObservationLimits.AHEAD_MS_MAX / 1_000 + " s after");
  }

  private static void names(List<Arguments> cases, String what, String old, String format) {
    accepted(cases, what + " of 256", GOOD.replace(old, format.formatted("n".repeat(256))));
    accepted(cases, what + " of 256 emoji", GOOD.replace(old, format.formatted("😀".repeat(256))));
    accepted(cases, what + " with a blank", GOOD.replace(old, format.formatted("a b/ü")));
    refused(cases, what + " of 257", GOOD.replace(old, format.formatted("n".repeat(257))));
    refused(cases, what + " of 257 emoji", GOOD.replace(old, format.formatted("😀".repeat(257))));
    refused(cases, what + " empty", GOOD.replace(old, format.formatted("")));
    refused(cases, what + " with NUL", GOOD.replace(old, format.formatted("a\\u0000")));
    refused(cases, what + " with a line end", GOOD.replace(old, format.formatted("a\\n")));
    refused(cases, what + " with DEL", GOOD.replace(old, format.formatted("a\\u007f")));
    refused(cases, what + " with a C1 control", GOOD.replace(old, format.formatted("\\u0085a")));
  }

  private static void data(List<Arguments> cases) {
    for (String value : List.of("0", "-0.0", "1e308", "-12", "123456789012345678901234567890")) {
      accepted(cases, "value " + value, GOOD.replace("12.5", value));
    }
    for (String value : List.of("\"12.5\"", "null", "true", "{}", "[1]")) {
      refused(cases, "value " + value, GOOD.replace("12.5", value));
    }
    accepted(cases, "outcome error", GOOD.replace("\"ok\"", "\"error\""));
    accepted(cases, "no outcome", GOOD.replace("\"outcome\":\"ok\",", ""));
    for (String outcome : List.of("\"OK\"", "\"\"", "null", "true")) {
      refused(cases, "outcome " + outcome, GOOD.replace("\"ok\"", outcome));
    }
    accepted(cases, "no attributes", GOOD.replace(",\"attributes\":{\"currency\":\"EUR\"}", ""));
    for (String attributes : List.of("null", "[]", "\"EUR\"", "1")) {
      refused(
          cases, "attributes " + attributes, GOOD.replace("{\"currency\":\"EUR\"}", attributes));
    }
    for (String attribute : List.of("\"\"", "\"a\\nb\\t\"", "1", "-1.50e2", "true", "false")) {
      accepted(cases, "attribute " + attribute, GOOD.replace("\"EUR\"", attribute));
    }
    for (String attribute : List.of("null", "{}", "[]", "\"a\\u0000\"")) {
      refused(cases, "attribute " + attribute, GOOD.replace("\"EUR\"", attribute));
    }
    accepted(cases, "64 attributes", GOOD.replace("\"currency\":\"EUR\"", attributes(64)));
    refused(cases, "65 attributes", GOOD.replace("\"currency\":\"EUR\"", attributes(65)));
    refused(
        cases,
        "another member of data",
        GOOD.replace("\"outcome\"", "\"unit\":\"EUR\",\"outcome\""));
    refused(cases, "no event type", GOOD.replace("\"eventType\":\"payment.authorised\",", ""));
    refused(cases, "no value", GOOD.replace("\"value\":12.5,", ""));
  }

  private static String attributes(int count) {
    return String.join(
        ",", IntStream.range(0, count).mapToObj(i -> "\"a" + i + "\":" + i).toList());
  }

  private static void accepted(List<Arguments> cases, String name, String event) {
    cases.add(Arguments.of(name, true, event));
  }

  private static void refused(List<Arguments> cases, String name, String event) {
    if (event.equals(GOOD)) {
      throw new IllegalStateException("expected a change: case=" + name);
    }
    cases.add(Arguments.of(name, false, event));
  }
}
