package io.knhk.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The registry is what Weaver would accept, and its constants say the same. */
class TelemetryTest {
  /** A segment is lower case, words joined by single underscores: OpenTelemetry's naming rules. */
  private static final String NAME = "knhk(\\.[a-z][a-z0-9]*(_[a-z0-9]+)*)+";

  private static final List<Map<String, Object>> ATTRIBUTES = new ArrayList<>();
  private static final List<Map<String, Object>> METRICS = new ArrayList<>();

  @BeforeAll
  @SuppressWarnings("unchecked")
  static void readModel() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("model"))) {
      for (Path file : files.sorted().toList()) {
        Map<String, Object> model = load(file);
        assertThat(model).as(file.toString()).containsEntry("file_format", "definition/2");
        assertThat(model.keySet())
            .as(file.toString())
            .isSubsetOf("file_format", "attributes", "metrics");
        ATTRIBUTES.addAll((List<Map<String, Object>>) model.getOrDefault("attributes", List.of()));
        METRICS.addAll((List<Map<String, Object>>) model.getOrDefault("metrics", List.of()));
      }
    }
  }

  @Test
  void shouldHaveOneConstantForEveryNameAndUnit() throws IllegalAccessException {
    Map<String, String> expected = new LinkedHashMap<>();
    for (Map<String, Object> attribute : ATTRIBUTES) {
      expected.put("KEY_" + constantOf(attribute.get("key")), (String) attribute.get("key"));
    }
    for (Map<String, Object> metric : METRICS) {
      expected.put(constantOf(metric.get("name")), (String) metric.get("name"));
      expected.put(constantOf(metric.get("name")) + "_UNIT", (String) metric.get("unit"));
    }
    Map<String, String> actual = new LinkedHashMap<>();
    for (Field field : Telemetry.class.getFields()) {
      actual.put(field.getName(), (String) field.get(null));
    }
    assertThat(actual).containsExactlyInAnyOrderEntriesOf(expected);
  }

  @Test
  void shouldNameMetricsAndAttributesAsOpenTelemetryAsks() {
    assertThat(METRICS).hasSizeGreaterThan(25);
    for (Map<String, Object> metric : METRICS) {
      assertThat((String) metric.get("name")).matches(NAME).doesNotEndWith("_total");
    }
    for (Map<String, Object> attribute : ATTRIBUTES) {
      assertThat((String) attribute.get("key")).matches(NAME);
    }
  }

  @Test
  void shouldNotUseAMetricsNameAsTheNamespaceOfAnother() {
    for (Map<String, Object> metric : METRICS) {
      assertThat(METRICS)
          .noneMatch(other -> ((String) other.get("name")).startsWith(metric.get("name") + "."));
    }
  }

  @Test
  void shouldDescribeEveryMetricInFull() {
    for (Map<String, Object> metric : METRICS) {
      assertThat(metric.keySet())
          .as("%s", metric.get("name"))
          .contains("name", "instrument", "unit", "stability", "brief")
          .isSubsetOf("name", "instrument", "unit", "stability", "brief", "attributes");
      assertThat((String) metric.get("instrument"))
          .isIn("counter", "updowncounter", "gauge", "histogram");
      assertThat((String) metric.get("brief")).endsWith(".");
      assertThat((String) metric.get("stability")).isEqualTo("development");
    }
  }

  @Test
  void shouldMeasureInUcumWhenAUnitIsGiven() {
    for (Map<String, Object> metric : METRICS) {
      String unit = (String) metric.get("unit");
      if (metric.get("instrument").equals("histogram")) {
        assertThat(unit).as("%s", metric.get("name")).isIn("ms", "s", "By");
      } else {
        assertThat(unit).as("%s", metric.get("name")).matches("\\{[a-z_]+\\}");
      }
    }
  }

  @Test
  @SuppressWarnings("unchecked")
  void shouldReferOnlyToDefinedAttributes() {
    List<Object> keys = ATTRIBUTES.stream().map(attribute -> attribute.get("key")).toList();
    assertThat(keys).doesNotHaveDuplicates();
    for (Map<String, Object> metric : METRICS) {
      for (Map<String, Object> attribute :
          (List<Map<String, Object>>) metric.getOrDefault("attributes", List.of())) {
        assertThat(attribute.get("ref")).isIn(keys);
        assertThat(attribute).containsEntry("requirement_level", "required");
      }
    }
  }

  @Test
  void shouldSayWhoItIsWhenTheManifestIsRead() throws IOException {
    assertThat(load(Path.of("manifest.yaml")))
        .containsEntry("file_format", "definition_manifest/2.0")
        .containsEntry("schema_url", "https://knhk.io/schemas/knhk/0.1.0")
        .containsKeys("description", "stability");
  }

  private static String constantOf(Object name) {
    return ((String) name).substring("knhk.".length()).replace('.', '_').toUpperCase(Locale.ROOT);
  }

  private static Map<String, Object> load(Path file) throws IOException {
    try (Reader reader = Files.newBufferedReader(file)) {
      return new Yaml(new SafeConstructor(new LoaderOptions())).load(reader);
    }
  }
}
