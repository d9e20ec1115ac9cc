import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * Writes {@code io.knhk.registry.Telemetry} from the registry's YAML. The build runs it as a single
 * source file: {@code java -cp snakeyaml.jar GenerateTelemetry.java MODEL_DIR OUT_DIR}. The same
 * YAML gives the same bytes; a file that already says so is left alone.
 */
public final class GenerateTelemetry {
  private static final String PREFIX = "knhk.";

  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 2) {
      throw new IllegalArgumentException("expected MODEL_DIR OUT_DIR: given=" + arguments.length);
    }
    List<Map<String, Object>> attributes = new ArrayList<>();
    List<Map<String, Object>> metrics = new ArrayList<>();
    for (Path file : yamlFiles(Path.of(arguments[0]))) {
      Map<String, Object> model = load(file);
      attributes.addAll(section(model, "attributes"));
      metrics.addAll(section(model, "metrics"));
    }
    write(Path.of(arguments[1], "io/knhk/registry/Telemetry.java"), source(attributes, metrics));
  }

  private static List<Path> yamlFiles(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> load(Path file) throws IOException {
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      Object model = new Yaml(new SafeConstructor(new LoaderOptions())).load(reader);
      if (!(model instanceof Map<?, ?> map) || !"definition/2".equals(map.get("file_format"))) {
        throw new IllegalArgumentException("expected file_format definition/2: file=" + file);
      }
      return (Map<String, Object>) model;
    }
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> section(Map<String, Object> model, String name) {
    return (List<Map<String, Object>>) model.getOrDefault(name, List.of());
  }

  private static String source(
      List<Map<String, Object>> attributes, List<Map<String, Object>> metrics) {
    Set<String> keys = new TreeSet<>();
    StringBuilder java = new StringBuilder();
    java.append("package io.knhk.registry;\n\n");
    java.append(
        "/** Names of metrics, their units (UCUM) and attribute keys. Generated: edit registry/model. */\n");
    java.append("public final class Telemetry {\n");
    for (Map<String, Object> attribute : attributes) {
      String key = text(attribute, "key");
      if (!keys.add(key)) {
        throw new IllegalArgumentException("expected each attribute once: key=" + key);
      }
      constant(java, text(attribute, "brief"), "KEY_" + constantName(key), key);
    }
    Set<String> names = new TreeSet<>();
    for (Map<String, Object> metric : metrics) {
      String name = text(metric, "name");
      if (!names.add(name)) {
        throw new IllegalArgumentException("expected each metric once: name=" + name);
      }
      List<String> refs = new ArrayList<>();
      for (Map<String, Object> attribute : section(metric, "attributes")) {
        String ref = text(attribute, "ref");
        if (!keys.contains(ref)) {
          throw new IllegalArgumentException("expected a defined attribute: ref=" + ref);
        }
        refs.add("{@link #KEY_" + constantName(ref) + "}");
      }
      String instrument = text(metric, "instrument");
      String by = refs.isEmpty() ? "." : ", by " + String.join(", ", refs) + ".";
      String article = "aeiou".indexOf(instrument.charAt(0)) < 0 ? "A " : "An ";
      constant(
          java, text(metric, "brief") + " " + article + instrument + by, constantName(name), name);
      constant(
          java,
          "Unit of {@link #" + constantName(name) + "}.",
          constantName(name) + "_UNIT",
          text(metric, "unit"));
    }
    return java.append("\n  private Telemetry() {}\n}\n").toString();
  }

  private static void constant(StringBuilder java, String brief, String name, String value) {
    java.append("\n  /** ").append(brief.strip()).append(" */\n");
    java.append("  public static final String ").append(name).append(" = \"").append(value);
    java.append("\";\n");
  }

  private static String constantName(String name) {
    if (!name.startsWith(PREFIX)) {
      throw new IllegalArgumentException("expected a name that starts with knhk.: name=" + name);
    }
    return name.substring(PREFIX.length()).replace('.', '_').toUpperCase(Locale.ROOT);
  }

  private static String text(Map<String, Object> from, String member) {
    if (!(from.get(member) instanceof String text) || text.contains("*/") || text.contains("\"")) {
      throw new IllegalArgumentException("expected text: " + member + "=" + from.get(member));
    }
    return text;
  }

  private static void write(Path file, String text) throws IOException {
    if (!Files.exists(file) || !Files.readString(file).equals(text)) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    }
  }
}
