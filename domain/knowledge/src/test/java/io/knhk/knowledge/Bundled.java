package io.knhk.knowledge;

import io.knhk.schemas.knowledge.CompiledSnapshot;
import java.util.Map;

/** The bundled ontologies, read once for all tests. */
final class Bundled {
  static final Map<String, Snapshot> SNAPSHOTS = Ontologies.bundled();

  private Bundled() {}

  static Snapshot of(String sector) {
    return SNAPSHOTS.get(sector);
  }

  static CompiledSnapshot compiled(String sector, Snapshot snapshot, long version) {
    return SnapshotCompiler.compile(sector, snapshot, version, "", "", 0, Map.of());
  }
}
