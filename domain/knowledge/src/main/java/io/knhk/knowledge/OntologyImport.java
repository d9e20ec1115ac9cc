package io.knhk.knowledge;

import io.knhk.schemas.control.ControlContent.ImportOntology;
import io.knhk.schemas.control.ControlContent.ImportPart;
import io.knhk.schemas.knowledge.Delta;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Takes ontologies that others wrote into a sector: reads their files, carries them through control
 * messages in parts, and makes one change of them.
 *
 * <p>An import adds: what the head has already stays as it is, and nothing is removed. Each file's
 * blank nodes are named for that file alone, so a file that did not change adds nothing when it is
 * imported again. {@code owl:imports} is kept as a triple and never followed.
 */
public final class OntologyImport {
  /** Files of one import. */
  public static final int FILES_MAX = 1_000;

  /** Bytes of all files of one import, and of all its lines once inflated. */
  public static final int BYTES_MAX = 64 * 1024 * 1024;

  private OntologyImport() {}

  /**
   * A file to import.
   *
   * @param name says the format, see {@link RdfFormat#ofFileName}; its folder does not matter
   * @param bytes at most 16 MiB
   */
  public record SourceFile(String name, byte[] bytes) {
    public SourceFile {
      bytes = bytes.clone();
    }

    @Override
    public byte[] bytes() {
      return bytes.clone();
    }
  }

  /**
   * Reads files into one ontology. The result does not depend on their order, their names or their
   * formats.
   *
   * @param namespaces that the sector shall adopt; empty to have them guessed from what the files
   *     speak about
   */
  public static ReadResult<ImportedOntology> read(
      String sector, List<SourceFile> files, List<String> namespaces) {
    try {
      return new ReadResult.Read<>(ontology(sector, files, namespaces));
    } catch (RefusedException e) {
      return new ReadResult.Refused<>(e.refusal());
    }
  }

  private static ImportedOntology ontology(
      String sector, List<SourceFile> files, List<String> given) throws RefusedException {
    if (files.size() > FILES_MAX) {
      throw RefusedException.limit(
          RefusalReason.TOO_MANY_FILES, "a bounded import", "files", files.size(), FILES_MAX);
    }
    long bytes = 0;
    TreeSet<String> lines = new TreeSet<>();
    SortedMap<String, Integer> leftOut = new TreeMap<>();
    for (SourceFile file : files) {
      bytes += file.bytes.length;
      if (bytes > BYTES_MAX) {
        throw RefusedException.limit(
            RefusalReason.TOO_LARGE, "a bounded import", "bytes", bytes, BYTES_MAX);
      }
      for (String line : linesOf(sector, file)) {
        String subject = Terms.lexical(NTriple.parse(line).subject());
        if (SectorNamespaces.isOfW3c(subject)) {
          leftOut.merge(NamespaceGuess.cut(subject), 1, Integer::sum);
        } else {
          lines.add(line);
        }
      }
      checkSize(lines.size());
    }
    if (lines.isEmpty()) {
      throw new RefusedException(RefusalReason.NOTHING_NEW, "expected a triple to import");
    }
    SectorNamespaces own = SectorNamespaces.own(sector);
    List<String> namespaces = given.isEmpty() ? NamespaceGuess.of(own, lines) : given;
    checkAdoptable(namespaces);
    SectorNamespaces all = own.and(namespaces);
    ChangeReader.checkSayable(all, lines, true);
    return new ImportedOntology(
        ImportParts.importId(lines),
        List.copyOf(lines),
        all.adopted(),
        leftOut,
        ImportParts.of(lines));
  }

  private static List<String> linesOf(String sector, SourceFile file) throws RefusedException {
    Optional<RdfFormat> format = RdfFormat.ofFileName(file.name);
    if (format.isEmpty()) {
      throw new RefusedException(
          RefusalReason.UNKNOWN_FORMAT,
          "expected a name that ends in ttl, nt, rdf, owl, xml, jsonld or json: file=" + file.name);
    }
    try {
      return RdfReader.lines(sector, format.get(), null, file.bytes, ReadLimits.FILE);
    } catch (RefusedException e) {
      Refusal refusal = e.refusal();
      throw new RefusedException(refusal.reason(), refusal.detail() + ", file=" + file.name);
    }
  }

  /**
   * The lines that arrived in parts.
   *
   * @param parts in any order; exactly those that the request names
   */
  public static ReadResult<List<String>> assemble(
      ImportOntology request, Collection<ImportPart> parts) {
    try {
      return new ReadResult.Read<>(ImportParts.assemble(request, parts));
    } catch (RefusedException e) {
      return new ReadResult.Refused<>(e.refusal());
    }
  }

  /**
   * The change that makes an ontology part of what a sector knows, its namespaces adopted; or why
   * there is none.
   *
   * @param lines of {@link #assemble}
   */
  public static ReadResult<Delta> delta(
      String sector, Snapshot head, List<String> lines, List<String> namespaces) {
    try {
      checkAdoptable(namespaces);
      SectorNamespaces before = SectorNamespaces.of(sector, head);
      ChangeReader.checkSayable(before.and(namespaces), lines, true);
      TreeSet<String> adopted = new TreeSet<>(SectorNamespaces.adoptedBy(sector, head.adoptions()));
      TreeSet<String> added = new TreeSet<>();
      for (String namespace : namespaces) {
        if (adopted.add(namespace)) {
          added.add(SectorNamespaces.adoption(sector, namespace));
        }
      }
      if (adopted.size() > SectorNamespaces.ADOPTED_MAX) {
        throw tooManyNamespaces(adopted.size());
      }
      for (String line : lines) {
        if (!head.contains(line)) {
          added.add(line);
        }
      }
      if (added.isEmpty()) {
        throw new RefusedException(
            RefusalReason.NOTHING_NEW, "expected a triple that is not there already");
      }
      checkSize(head.size() + added.size());
      return new ReadResult.Read<>(new Delta(List.copyOf(added), List.of()));
    } catch (RefusedException e) {
      return new ReadResult.Refused<>(e.refusal());
    }
  }

  private static void checkAdoptable(Collection<String> namespaces) throws RefusedException {
    if (namespaces.size() > SectorNamespaces.ADOPTED_MAX) {
      throw tooManyNamespaces(namespaces.size());
    }
    for (String namespace : namespaces) {
      Optional<String> refusal = SectorNamespaces.refusal(namespace);
      if (refusal.isPresent()) {
        throw new RefusedException(RefusalReason.NAMESPACE, refusal.get());
      }
    }
  }

  private static RefusedException tooManyNamespaces(int namespaces) {
    return RefusedException.limit(
        RefusalReason.NAMESPACE,
        "bounded namespaces",
        "namespaces",
        namespaces,
        SectorNamespaces.ADOPTED_MAX);
  }

  private static void checkSize(int triples) throws RefusedException {
    if (triples > Snapshot.TRIPLES_MAX) {
      throw RefusedException.limit(
          RefusalReason.TOO_MANY_TRIPLES,
          "a bounded snapshot",
          "triples",
          triples,
          Snapshot.TRIPLES_MAX);
    }
  }
}
