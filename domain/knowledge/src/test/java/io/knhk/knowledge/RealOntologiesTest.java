package io.knhk.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.knowledge.OntologyImport.SourceFile;
import io.knhk.knowledge.Snapshot.Applied;
import io.knhk.schemas.control.ControlContent;
import io.knhk.schemas.control.ControlContent.ImportPart;
import io.knhk.schemas.knowledge.Delta;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.Triple;
import org.junit.jupiter.api.Test;

/**
 * FIBO's foundations and loans (EDM Council, MIT) and the IOF's core (MIT), as they are published.
 */
class RealOntologiesTest {
  private static final List<SourceFile> FIBO = files("fibo-fnd-loan.zip");
  private static final List<SourceFile> IOF = files("iof-core.zip");
  private static final ImportedOntology FIBO_READ = read("finance", FIBO);
  private static final ImportedOntology IOF_READ = read("manufacturing", IOF);

  @Test
  void shouldImportFiboWhenTheNamespacesAreGuessed() {
    ImportedOntology fibo = FIBO_READ;
    assertThat(fibo.lines()).hasSizeGreaterThan(15_000);
    assertThat(fibo.namespaces())
        .contains("https://spec.edmcouncil.org/fibo/", "https://www.omg.org/spec/")
        .hasSizeLessThan(8);
    assertThat(fibo.leftOut()).isEmpty();
    Snapshot after = imported("finance", Bundled.of("finance"), fibo);
    SectorNamespaces namespaces = SectorNamespaces.of("finance", after);
    assertThat(namespaces.adopted()).isEqualTo(fibo.namespaces());
    assertThat(OntologyImport.delta("finance", after, fibo.lines(), fibo.namespaces()))
        .isInstanceOf(ReadResult.Refused.class);
  }

  @Test
  void shouldImportIofWithoutWhatItSaysOfTheW3csWordsWhenItIsRead() {
    ImportedOntology iof = IOF_READ;
    assertThat(iof.lines()).hasSizeGreaterThan(2_000);
    assertThat(iof.namespaces()).contains("https://spec.industrialontologies.org/ontology/");
    assertThat(iof.leftOut().keySet())
        .containsExactly(
            "http://www.w3.org/2000/01/rdf-schema#",
            "http://www.w3.org/2004/02/skos/core#",
            "http://www.w3.org/2006/time#");
    imported("manufacturing", Bundled.of("manufacturing"), iof);
  }

  @Test
  void shouldGiveTheSameIdWhenFilesComeInAnotherOrder() {
    List<SourceFile> shuffled = new ArrayList<>(FIBO);
    Collections.shuffle(shuffled, new Random(7));
    assertThat(read("finance", shuffled).importId()).isEqualTo(FIBO_READ.importId());
  }

  @Test
  void shouldGiveTheSameIdWhenFilesComeInOtherFormatsOrdersAndLabels() throws Exception {
    Random random = new Random(11);
    assertThat(read("finance", rewritten(FIBO, random)).importId()).isEqualTo(FIBO_READ.importId());
    assertThat(read("manufacturing", rewritten(IOF, random)).importId())
        .isEqualTo(IOF_READ.importId());
  }

  private static List<SourceFile> rewritten(List<SourceFile> files, Random random)
      throws RefusedException {
    List<SourceFile> rewritten = new ArrayList<>();
    for (SourceFile file : files) {
      rewritten.add(new SourceFile(file.name() + ".nt", shuffledNTriples(file.bytes(), random)));
    }
    return rewritten;
  }

  @Test
  void shouldComeThroughItsPartsWhenItIsCut() {
    ImportedOntology fibo = FIBO_READ;
    List<ImportPart> parts = new ArrayList<>(fibo.messages());
    assertThat(parts)
        .allMatch(part -> part.lines().length <= ControlContent.RDF_BYTES_MAX)
        .hasSizeBetween(1, 4);
    Collections.reverse(parts);
    assertThat(OntologyImport.assemble(fibo.request("FIBO", false), parts))
        .isEqualTo(new ReadResult.Read<>(fibo.lines()));
  }

  @Test
  void shouldComeBackExactlyWhenAHundredRandomDeltasAreInverted() {
    ImportedOntology fibo = FIBO_READ;
    Snapshot head = imported("finance", Bundled.of("finance"), fibo);
    Random random = new Random(13);
    for (int i = 0; i < 100; i++) {
      Delta delta = randomDelta(head, fibo.lines(), random, i);
      Snapshot next = changed(head.apply(delta));
      assertThat(next.id()).isNotEqualTo(head.id());
      assertThat(changed(next.apply(delta.inverse())).id()).isEqualTo(head.id());
      head = next;
    }
    assertThat(Snapshot.of(head.lines()).id()).isEqualTo(head.id());
  }

  @Test
  void shouldReadBackExactlyWhenWrittenAsTurtleAndJsonLd() {
    Snapshot snapshot = imported("manufacturing", Bundled.of("manufacturing"), IOF_READ);
    for (RdfFormat format : List.of(RdfFormat.TURTLE, RdfFormat.JSON_LD)) {
      String text =
          format == RdfFormat.TURTLE
              ? SnapshotText.turtle(snapshot.lines())
              : SnapshotText.jsonLd(snapshot.lines());
      ReadResult<List<String>> read =
          SnapshotText.read(format, text.getBytes(StandardCharsets.UTF_8));
      assertThat(read).isInstanceOf(ReadResult.Read.class);
      assertThat(Snapshot.of(((ReadResult.Read<List<String>>) read).value()).id())
          .isEqualTo(snapshot.id());
    }
  }

  private static Delta randomDelta(Snapshot head, List<String> lines, Random random, int round) {
    List<String> removed = new ArrayList<>();
    List<String> added = new ArrayList<>();
    for (int i = 0; i < 1 + random.nextInt(100); i++) {
      String line = lines.get(random.nextInt(lines.size()));
      if (head.contains(line)) {
        removed.add(line);
      } else {
        added.add(line);
      }
      NTriple triple = NTriple.parse(line);
      added.add(
          new NTriple(triple.subject(), Vocabulary.COMMENT, Terms.text(round + "." + i)).line());
    }
    return new Delta(added, removed);
  }

  private static Snapshot imported(String sector, Snapshot head, ImportedOntology ontology) {
    ReadResult<Delta> delta =
        OntologyImport.delta(sector, head, ontology.lines(), ontology.namespaces());
    assertThat(delta).isInstanceOf(ReadResult.Read.class);
    return changed(head.apply(((ReadResult.Read<Delta>) delta).value()));
  }

  private static Snapshot changed(Applied applied) {
    assertThat(applied).isInstanceOf(Applied.Changed.class);
    return ((Applied.Changed) applied).snapshot();
  }

  private static ImportedOntology read(String sector, List<SourceFile> files) {
    ReadResult<ImportedOntology> read = OntologyImport.read(sector, files, List.of());
    assertThat(read).isInstanceOf(ReadResult.Read.class);
    return ((ReadResult.Read<ImportedOntology>) read).value();
  }

  /** The file's triples in another order, under other labels. */
  private static byte[] shuffledNTriples(byte[] rdfXml, Random random) throws RefusedException {
    List<Triple> triples =
        new ArrayList<>(RdfReader.triples(RdfFormat.RDF_XML, null, rdfXml, ReadLimits.FILE));
    Collections.shuffle(triples, random);
    String salt = "s" + random.nextInt(1_000);
    StringBuilder out = new StringBuilder();
    for (Triple triple : triples) {
      out.append(label(triple.getSubject(), salt))
          .append(' ')
          .append(label(triple.getPredicate(), salt))
          .append(' ')
          .append(label(triple.getObject(), salt))
          .append(" .\n");
    }
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String label(Node node, String salt) {
    return node.isBlank()
        ? "_:"
            + salt
            + Integer.toHexString(node.getBlankNodeLabel().hashCode())
            + "x"
            + node.getBlankNodeLabel().replaceAll("[^A-Za-z0-9]", "")
        : RdfReader.term(node);
  }

  private static List<SourceFile> files(String zip) {
    List<SourceFile> files = new ArrayList<>();
    try (InputStream in =
            Objects.requireNonNull(
                RealOntologiesTest.class.getResourceAsStream("/ontologies/" + zip));
        ZipInputStream entries = new ZipInputStream(in)) {
      for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
        if (entry.getName().endsWith(".rdf")) {
          files.add(new SourceFile(entry.getName(), entries.readAllBytes()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }
}
