package io.knhk.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** All documents of all manifests. */
final class Manifests {
  private static final Path FOLDER = Path.of("flink-operator");

  private final List<Manifest> all;

  private Manifests(List<Manifest> all) {
    this.all = all;
  }

  /**
   * Reads every file anew. YAML 1.1, as kubectl does: 0400 is octal. A key that is there twice is
   * an error.
   */
  static Manifests read() {
    List<Manifest> all = new ArrayList<>();
    try (Stream<Path> files = Files.walk(FOLDER)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".yaml")).sorted().toList()) {
        String name = FOLDER.relativize(file).toString();
        for (Object document : parse(Files.readString(file, StandardCharsets.UTF_8))) {
          all.add(new Manifest(name, asMap(name, document)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Manifests(all);
  }

  private static Iterable<Object> parse(String yaml) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    return new Yaml(new SafeConstructor(options)).loadAll(yaml);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> asMap(String file, Object document) {
    if (document instanceof Map<?, ?> map) {
      return (Map<String, Object>) map;
    }
    throw new AssertionError("expected a mapping in every document: file=" + file);
  }

  List<Manifest> all() {
    return all;
  }

  List<Manifest> ofKind(String kind) {
    return all.stream().filter(manifest -> manifest.kind().equals(kind)).toList();
  }

  Optional<Manifest> find(String kind, String name) {
    return ofKind(kind).stream().filter(manifest -> manifest.name().equals(name)).findFirst();
  }

  Manifest get(String kind, String name) {
    return find(kind, name)
        .orElseThrow(() -> new AssertionError("expected a document: " + kind + "/" + name));
  }

  /** What runs a job: deployments in application mode and jobs of a session. */
  List<Manifest> jobs() {
    return all.stream().filter(manifest -> manifest.at("spec", "job") != null).toList();
  }

  /** The deployment whose pods a job runs in: itself, or its session. */
  Manifest deploymentOf(Manifest job) {
    return job.kind().equals("FlinkSessionJob")
        ? get("FlinkDeployment", job.text("spec", "deploymentName"))
        : job;
  }
}
