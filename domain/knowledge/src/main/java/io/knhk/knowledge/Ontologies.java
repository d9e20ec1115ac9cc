package io.knhk.knowledge;

import io.knhk.schemas.Sectors;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.GraphMemFactory;

/** Knowledge as people write it: the core ontology and one for each sector, in Turtle. */
public final class Ontologies {
  private static final String FOLDER = "/io/knhk/schemas/ontology/";
  private static final String CORE = SectorIris.CORE;

  private Ontologies() {}

  /**
   * The first snapshot of each sector, core and sector together, as bundled with this release.
   * Immutable, by sector.
   */
  public static Map<String, Snapshot> bundled() {
    byte[] core = resource(CORE);
    Map<String, Snapshot> snapshots = new TreeMap<>();
    for (String sector : Sectors.ALL) {
      ImportResult result = load(sector, core, resource(sector));
      if (result instanceof ImportResult.Imported imported) {
        snapshots.put(sector, imported.snapshot());
      } else {
        throw new IllegalStateException(
            "expected the bundled ontology to be read: sector=" + sector + ", result=" + result);
      }
    }
    return Collections.unmodifiableMap(snapshots);
  }

  /**
   * Reads a core and a sector's ontology into a snapshot. Blank nodes get names that follow from
   * what is said with them. Whether the whole is well formed is the pipeline's to say, not asked
   * here.
   *
   * @param sector one of {@link Sectors#ALL}
   * @param coreTurtle at most 16 MiB, nested at most 64 deep, about {@code
   *     https://knhk.io/ns/core#} only
   * @param sectorTurtle likewise, about the sector's own namespaces only
   */
  public static ImportResult load(String sector, byte[] coreTurtle, byte[] sectorTurtle) {
    if (!Sectors.isKnown(sector)) {
      throw new IllegalArgumentException("expected a known sector: sector=" + sector);
    }
    try {
      List<String> core = owned(CORE, lines(CORE, coreTurtle));
      List<String> own = owned(sector, lines(sector, sectorTurtle));
      if (core.size() + own.size() > Snapshot.TRIPLES_MAX) {
        return new ImportResult.Refused(
            RefusalReason.TOO_MANY_TRIPLES,
            "expected a bounded snapshot: triples="
                + (core.size() + own.size())
                + ", limit="
                + Snapshot.TRIPLES_MAX);
      }
      List<String> all = new ArrayList<>(core);
      all.addAll(own);
      return new ImportResult.Imported(Snapshot.of(all));
    } catch (RefusedException e) {
      return new ImportResult.Refused(e.refusal().reason(), e.refusal().detail());
    }
  }

  /** The bundled core with its blank nodes, which is how SHACL tells a path from a property. */
  static Graph core() {
    Graph graph = GraphMemFactory.createDefaultGraphSameTerm();
    try {
      RdfReader.triples(RdfFormat.TURTLE, Vocabulary.ROOT + CORE, resource(CORE), ReadLimits.FILE)
          .forEach(graph::add);
    } catch (RefusedException e) {
      throw new IllegalStateException("expected the bundled core to be read", e);
    }
    return graph;
  }

  private static List<String> lines(String owner, byte[] turtle) throws RefusedException {
    return RdfReader.lines(
        owner, RdfFormat.TURTLE, Vocabulary.ROOT + owner, turtle, ReadLimits.FILE);
  }

  private static List<String> owned(String owner, List<String> lines) throws RefusedException {
    SectorNamespaces namespaces = SectorNamespaces.own(owner);
    for (String line : lines) {
      if (owner.equals(CORE)) {
        if (!SectorIris.owns(CORE, NTriple.parse(line).subject())) {
          throw new RefusedException(
              RefusalReason.NOT_OWNED, "expected triples about the core: triple=" + line);
        }
      } else {
        Optional<Refusal> refusal = namespaces.refusal(line, false);
        if (refusal.isPresent()) {
          throw new RefusedException(refusal.get().reason(), refusal.get().detail());
        }
      }
    }
    return lines;
  }

  private static byte[] resource(String name) {
    String path = FOLDER + name + ".ttl";
    try (InputStream in = Sectors.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("expected a bundled ontology: resource=" + path);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
