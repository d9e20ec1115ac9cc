package io.knhk.embedded.savepoint;

import io.knhk.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Savepoints of both jobs of one version, what Kafka held then, and the key that signed it.
 *
 * <pre>
 * savepoints/VERSION/loop/_metadata
 *                    archive/_metadata
 *                    topics/TOPIC.ndjson
 *                    test-only-signing-key.pem
 * </pre>
 */
record Fixture(Path folder) {
  static final List<String> TOPICS =
      List.of(
          Topics.OBSERVATIONS,
          Topics.DEAD_LETTERS,
          Topics.CONTROL,
          Topics.SNAPSHOTS,
          Topics.RECEIPTS);

  /** Where they are committed, seen from this module. */
  private static final Path ALL = Path.of("src", "test", "resources", "savepoints");

  static Fixture of(String version) {
    return new Fixture(ALL.resolve(version));
  }

  /** Every version that there is one of. */
  static List<Fixture> all() throws IOException {
    try (Stream<Path> folders = Files.list(ALL)) {
      return folders.filter(Files::isDirectory).sorted().map(Fixture::new).toList();
    }
  }

  Path loop() {
    return folder.resolve("loop");
  }

  Path archive() {
    return folder.resolve("archive");
  }

  Path topic(String name) {
    return folder.resolve("topics").resolve(name + ".ndjson");
  }

  TestKey key() {
    return new TestKey(folder.resolve("test-only-signing-key.pem"));
  }

  @Override
  public String toString() {
    return folder.getFileName().toString();
  }
}
