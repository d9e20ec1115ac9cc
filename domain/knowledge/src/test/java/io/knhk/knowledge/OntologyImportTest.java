package io.knhk.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.knowledge.OntologyImport.SourceFile;
import io.knhk.knowledge.ReadResult.Read;
import io.knhk.knowledge.ReadResult.Refused;
import io.knhk.knowledge.Snapshot.Applied;
import io.knhk.schemas.control.ControlContent;
import io.knhk.schemas.control.ControlContent.ImportOntology;
import io.knhk.schemas.control.ControlContent.ImportPart;
import io.knhk.schemas.knowledge.Delta;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class OntologyImportTest {
  private static final SourceFile PARTS =
      file(
          "parts.ttl",
          "@prefix x: <https://example.org/parts#> . @prefix owl: <http://www.w3.org/2002/07/owl#> ."
              + " @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> ."
              + " <https://example.org/parts> a owl:Ontology ; owl:imports <http://127.0.0.1:1/other> ."
              + " x:Bolt a owl:Class ; rdfs:subClassOf [ a owl:Restriction ; owl:onProperty x:weight ] ."
              + " owl:Class rdfs:label 'mine' .");
  private static final SourceFile MORE =
      file(
          "more.jsonld",
          "{\"@id\":\"https://example.org/more/a\",\"https://example.org/more/b\":{\"https://example.org/more/c\":1}}");

  // Files

  @Test
  void shouldTakeFilesOfSeveralFormatsWhenTheirNamesSayWhich() {
    ImportedOntology read = read(List.of(PARTS, MORE), List.of());
    assertThat(read.namespaces())
        .containsExactly("https://example.org/more/", "https://example.org/parts#");
    assertThat(read.leftOut()).containsExactly(Map.entry("http://www.w3.org/2002/07/owl#", 1));
    assertThat(read.lines()).isSorted().doesNotHaveDuplicates().hasSize(8);
    assertThat(read.lines())
        .anyMatch(line -> line.contains("owl#imports> <http://127.0.0.1:1/other>"));
    assertThat(read(List.of(MORE, PARTS, PARTS), List.of()).importId()).isEqualTo(read.importId());
  }

  @Test
  void shouldNameBlankNodesForEachFileWhenAnotherChanges() {
    List<String> alone = read(List.of(PARTS), List.of()).lines();
    assertThat(read(List.of(PARTS, MORE), List.of()).lines()).containsAll(alone);
  }

  @Test
  void shouldTakeTheGivenNamespacesWhenTheyCoverTheFiles() {
    List<String> given = List.of("https://example.org/");
    assertThat(read(List.of(PARTS, MORE), given).namespaces()).isEqualTo(given);
    assertThat(
            refusal(
                    OntologyImport.read(
                        "finance", List.of(PARTS, MORE), List.of("https://example.org/more/")))
                .reason())
        .isEqualTo(RefusalReason.NOT_OWNED);
    assertThat(
            refusal(OntologyImport.read("finance", List.of(PARTS), List.of("http://www.w3.org/")))
                .reason())
        .isEqualTo(RefusalReason.NAMESPACE);
  }

  @Test
  void shouldFoldNamespacesWhenOneFolderHasMany() {
    StringBuilder turtle = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      turtle.append("<https://example.org/onto/").append(i).append("/a> a <http://e/C> .\n");
    }
    assertThat(read(List.of(file("a.ttl", turtle.toString())), List.of()).namespaces())
        .containsExactly("https://example.org/onto/");
  }

  @Test
  void shouldRefuseWhenAFileIsNotOneToImport() {
    assertReason(RefusalReason.UNKNOWN_FORMAT, file("a.txt", "x"));
    assertReason(RefusalReason.MALFORMED, file("a.ttl", "x"));
    assertReason(RefusalReason.NOTHING_NEW, file("a.ttl", "# nothing"));
    assertReason(
        RefusalReason.TOO_LARGE, new SourceFile("a.ttl", new byte[ReadLimits.FILE.bytesMax() + 1]));
    assertReason(RefusalReason.NAMESPACE, file("a.ttl", "<urn:x:y> a <http://e/C> ."));
    assertReason(
        RefusalReason.NOT_OWNED, file("a.ttl", "<https://knhk.io/ns/energy#x> a <http://e/C> ."));
    assertReason(
        RefusalReason.NOT_OWNED, file("a.ttl", "<https://knhk.io/ns/core#x> a <http://e/C> ."));
    assertReason(
        RefusalReason.FOREIGN_TERM,
        file("a.ttl", "<http://e/x> a <https://knhk.io/ns/energy#x> ."));
    assertReason(
        RefusalReason.NOT_ALLOWED,
        file("a.ttl", "<http://e/x> <https://knhk.io/ns/core#eventType> 'x' ."));
    assertReason(
        RefusalReason.NAMESPACE,
        file(
            "a.ttl",
            "<https://knhk.io/ns/finance> <https://knhk.io/ns/core#adoptsNamespace> 'http://www.w3.org/ns/' ."));
    assertThat(
            refusal(OntologyImport.read("finance", List.of(PARTS, file("bad.ttl", "x")), List.of()))
                .detail())
        .contains("file=bad.ttl");
  }

  @Test
  void shouldRefuseWhenThereAreTooManyFilesOrBytesOrNamespaces() {
    assertThat(
            refusal(
                    OntologyImport.read(
                        "finance",
                        Collections.nCopies(OntologyImport.FILES_MAX + 1, PARTS),
                        List.of()))
                .reason())
        .isEqualTo(RefusalReason.TOO_MANY_FILES);
    SourceFile large =
        file(
            "a.ttl",
            "<http://e/x> a <http://e/C> . # " + "x".repeat(ReadLimits.FILE.bytesMax() - 40));
    assertThat(
            refusal(OntologyImport.read("finance", Collections.nCopies(5, large), List.of()))
                .reason())
        .isEqualTo(RefusalReason.TOO_LARGE);
    List<String> namespaces = new ArrayList<>();
    for (int i = 0; i <= SectorNamespaces.ADOPTED_MAX; i++) {
      namespaces.add("https://e" + i + ".org/");
    }
    assertThat(refusal(OntologyImport.read("finance", List.of(PARTS), namespaces)).reason())
        .isEqualTo(RefusalReason.NAMESPACE);
  }

  // Parts

  @Test
  void shouldComeTogetherAgainWhenThereAreManyParts() {
    // Text that does not compress makes parts that have to be halved.
    Random random = new Random(5);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      byte[] bytes = new byte[20_000];
      random.nextBytes(bytes);
      text.append("<http://e/x").append(i).append("> <http://e/p> \"");
      text.append(HexFormat.of().formatHex(bytes)).append("\" .\n");
    }
    ImportedOntology read = read(List.of(file("a.nt", text.toString())), List.of());
    assertThat(read.parts())
        .hasSizeGreaterThan(2)
        .allMatch(part -> part.length <= ControlContent.RDF_BYTES_MAX);
    List<ImportPart> parts = new ArrayList<>(read.messages());
    Collections.shuffle(parts, random);
    assertThat(OntologyImport.assemble(read.request("x", false), parts))
        .isEqualTo(new Read<>(read.lines()));
  }

  @Test
  void shouldRefuseWhenPartsAreNotThoseOfTheRequest() {
    ImportedOntology read = read(List.of(PARTS), List.of());
    ImportPart part = read.messages().get(0);
    ImportOntology request = read.request("x", false);
    String other = "0".repeat(64);
    assertParts(request);
    assertParts(request, part, part);
    assertParts(request, new ImportPart(other, 0, 1, part.lines()));
    assertParts(request, new ImportPart(part.importId(), 1, 1, part.lines()));
    assertParts(request, new ImportPart(part.importId(), -1, 1, part.lines()));
    assertParts(request, new ImportPart(part.importId(), 0, 2, part.lines()));
    assertParts(request, new ImportPart(part.importId(), 0, 1, new byte[] {1, 2, 3}));
    byte[] cut = Arrays.copyOf(part.lines(), part.lines().length - 9);
    assertParts(request, new ImportPart(part.importId(), 0, 1, cut));
    assertParts(new ImportOntology(part.importId(), 1, 1, List.of(), "x", false), part);
    assertParts(
        new ImportOntology(part.importId(), ImportParts.PARTS_MAX + 1, 1, List.of(), "x", false),
        part);
  }

  @Test
  void shouldRefuseWhenLinesAreNotCanonicalOrSorted() {
    String a = "<http://e/a> <http://e/p> \"x\" .\n";
    String b = "<http://e/b> <http://e/p> \"x\" .\n";
    assertThat(assembled(a + b)).isInstanceOf(Read.class);
    for (String lines :
        List.of(
            b + a,
            a + a,
            a + "\n",
            a.trim(),
            "<http://e/a>  <http://e/p> \"x\" .\n",
            "_:a <http://e/p> \"x\" .\n",
            "<http://e/a> <http://e/p> \"x\"@EN .\n",
            "<http://e/a%z> <http://e/p> \"x\" .\n",
            "<http://e/a> <http://e/p> \"x\"^^<http://www.w3.org/2001/XMLSchema#string> .\n")) {
      assertThat(assembled(lines)).as(lines).isInstanceOf(Refused.class);
    }
  }

  @Test
  void shouldStopInflatingWhenAPartIsABomb() {
    byte[] bomb = gzip(new byte[ControlContent.RDF_BYTES_MAX * 200]);
    assertThat(bomb.length).isLessThan(ControlContent.RDF_BYTES_MAX);
    ImportOntology request = new ImportOntology("0".repeat(64), 1, 1, List.of(), "x", false);
    ReadResult<List<String>> result =
        OntologyImport.assemble(request, List.of(new ImportPart("0".repeat(64), 0, 1, bomb)));
    assertThat(refusal(result).reason()).isEqualTo(RefusalReason.TOO_LARGE);
  }

  // The change

  @Test
  void shouldAdoptAndAddWhatIsNewWhenItBecomesAChange() {
    ImportedOntology parts = read(List.of(PARTS), List.of());
    Snapshot head = Bundled.of("finance");
    Delta delta = delta(head, parts);
    assertThat(delta.removed()).isEmpty();
    assertThat(delta.added())
        .contains(SectorNamespaces.adoption("finance", "https://example.org/parts#"))
        .containsAll(parts.lines());
    Snapshot after = changed(head.apply(delta));
    ImportedOntology both = read(List.of(PARTS, MORE), List.of());
    assertThat(delta(after, both).added()).hasSize(3).doesNotContainAnyElementsOf(parts.lines());
    assertThat(
            refusal(OntologyImport.delta("finance", after, parts.lines(), parts.namespaces()))
                .reason())
        .isEqualTo(RefusalReason.NOTHING_NEW);
  }

  @Test
  void shouldRefuseWhenTheChangeIsOneThatNobodyMayMake() {
    Snapshot head = Bundled.of("finance");
    List<String> line = List.of("<https://knhk.io/ns/energy#a> <http://e/p> \"x\" .");
    assertThat(refusal(OntologyImport.delta("finance", head, line, List.of())).reason())
        .isEqualTo(RefusalReason.NOT_OWNED);
    assertThat(
            refusal(
                    OntologyImport.delta(
                        "finance", head, line, List.of("https://knhk.io/ns/energy#")))
                .reason())
        .isEqualTo(RefusalReason.NAMESPACE);
    List<String> namespaces = new ArrayList<>();
    for (int i = 0; i < SectorNamespaces.ADOPTED_MAX; i++) {
      namespaces.add("https://e" + i + ".org/");
    }
    Snapshot full =
        changed(
            head.apply(
                ((Read<Delta>) OntologyImport.delta("finance", head, List.of(), namespaces))
                    .value()));
    assertThat(
            refusal(
                    OntologyImport.delta(
                        "finance", full, List.of(), List.of("https://one.org/more/")))
                .reason())
        .isEqualTo(RefusalReason.NAMESPACE);
    List<String> many = new ArrayList<>();
    for (int i = 0; i < Snapshot.TRIPLES_MAX; i++) {
      many.add("<https://e1.org/" + i + "> <http://e/p> \"x\" .");
    }
    assertThat(refusal(OntologyImport.delta("finance", full, many, List.of())).reason())
        .isEqualTo(RefusalReason.TOO_MANY_TRIPLES);
  }

  private static ReadResult<List<String>> assembled(String lines) {
    byte[] bytes = lines.getBytes(StandardCharsets.UTF_8);
    String importId = HexFormat.of().formatHex(Sha256.of(lines));
    long count = lines.chars().filter(c -> c == '\n').count();
    ImportOntology request = new ImportOntology(importId, 1, count, List.of(), "x", false);
    return OntologyImport.assemble(request, List.of(new ImportPart(importId, 0, 1, gzip(bytes))));
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static void assertParts(ImportOntology request, ImportPart... parts) {
    assertThat(refusal(OntologyImport.assemble(request, List.of(parts))).reason())
        .isEqualTo(RefusalReason.PARTS);
  }

  private static void assertReason(RefusalReason reason, SourceFile file) {
    assertThat(refusal(OntologyImport.read("finance", List.of(file), List.of())).reason())
        .as(file.name())
        .isEqualTo(reason);
  }

  private static <T> Refusal refusal(ReadResult<T> result) {
    assertThat(result).isInstanceOf(Refused.class);
    return ((Refused<T>) result).refusal();
  }

  private static Delta delta(Snapshot head, ImportedOntology ontology) {
    ReadResult<Delta> result =
        OntologyImport.delta("finance", head, ontology.lines(), ontology.namespaces());
    assertThat(result).isInstanceOf(Read.class);
    return ((Read<Delta>) result).value();
  }

  private static Snapshot changed(Applied applied) {
    assertThat(applied).isInstanceOf(Applied.Changed.class);
    return ((Applied.Changed) applied).snapshot();
  }

  private static ImportedOntology read(List<SourceFile> files, List<String> namespaces) {
    ReadResult<ImportedOntology> read = OntologyImport.read("finance", files, namespaces);
    assertThat(read).isInstanceOf(Read.class);
    return ((Read<ImportedOntology>) read).value();
  }

  private static SourceFile file(String name, String text) {
    return new SourceFile(name, text.getBytes(StandardCharsets.UTF_8));
  }
}
