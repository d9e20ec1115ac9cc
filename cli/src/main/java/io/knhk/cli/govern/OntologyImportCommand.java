package io.knhk.cli.govern;

import io.knhk.cli.Archive;
import io.knhk.cli.CliError;
import io.knhk.cli.CliException;
import io.knhk.cli.Terminal;
import io.knhk.cli.knowledge.Given;
import io.knhk.cli.knowledge.KnowledgeTables;
import io.knhk.cli.knowledge.PromotedVersion;
import io.knhk.knowledge.ImportedOntology;
import io.knhk.knowledge.OntologyImport;
import io.knhk.knowledge.OntologyImport.SourceFile;
import io.knhk.knowledge.RdfFormat;
import io.knhk.knowledge.ReadResult;
import io.knhk.knowledge.Refusal;
import io.knhk.knowledge.Snapshot;
import io.knhk.schemas.control.ControlContent.ImportPart;
import io.knhk.schemas.knowledge.Delta;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "import",
    description = {
      "Takes ontologies that others wrote into a sector, as one change that people decide on. What"
          + " is there already stays, and nothing is removed.",
      "Turtle (.ttl), RDF/XML (.rdf, .owl, .xml), JSON-LD (.jsonld, .json) and N-Triples (.nt); of a"
          + " folder, every such file in it. At most 16 MiB a file and 200,000 triples a sector.",
      "Nothing is fetched: owl:imports and remote JSON-LD contexts are not followed."
    },
    footer = {
      "",
      "Examples:",
      "  knhk ontology import --sector finance fibo/FND fibo/LOAN --summary 'FIBO FND and LOAN'",
      "  knhk ontology import --sector manufacturing core.rdf --dry-run"
    })
final class OntologyImportCommand implements Callable<Integer> {
  private static final int FILE_BYTES_MAX = 16 * 1024 * 1024;

  private final Terminal terminal;
  private final Clock clock;

  @Mixin private final SigningOptions signing = new SigningOptions();

  @Parameters(paramLabel = "FILE|DIR", arity = "1..*", description = "What to import.")
  private List<Path> paths = new ArrayList<>();

  @Option(names = "--sector", paramLabel = "SECTOR", required = true, description = "Into which.")
  private String sector = "";

  @Option(
      names = "--namespace",
      paramLabel = "NS",
      description =
          "Namespace that the sector adopts; may be given several times. Default: those that the"
              + " files speak about.")
  private List<String> namespaces = new ArrayList<>();

  @Option(
      names = "--summary",
      paramLabel = "TEXT",
      description = "One sentence for those who vote. Default: the names of the files.")
  private @Nullable String summary;

  @Option(names = "--dry-run", description = "Validate and report; change nothing.")
  private boolean dryRun;

  OntologyImportCommand(Terminal terminal, Clock clock) {
    this.terminal = terminal;
    this.clock = clock;
  }

  @Override
  public Integer call() throws InterruptedException {
    Given.sector(sector);
    List<Path> files = files();
    String text = Given.text("--summary", summary != null ? summary : summary(files));
    ImportedOntology ontology = read(files);
    try (ControlSession session = signing.open(terminal)) {
      session.signer(sector);
      checkFits(session.tables(), ontology);
      List<ImportPart> parts = ontology.messages();
      for (ImportPart part : parts) {
        session.sendAhead(sector, part);
        terminal.note("sent part " + (part.index() + 1) + " of " + parts.size());
      }
      ControlAnswer answer = session.ask(sector, ontology.request(text, dryRun));
      return new ChangeReport(session, clock).write(answer, dryRun);
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
  }

  /** Every file that was named, and of a folder those that say by their name what they are. */
  private List<Path> files() {
    List<Path> files = new ArrayList<>();
    for (Path path : paths) {
      if (!Files.isDirectory(path)) {
        files.add(path);
        continue;
      }
      try (Stream<Path> all = Files.walk(path)) {
        all.filter(Files::isRegularFile)
            .filter(file -> RdfFormat.ofFileName(file.getFileName().toString()).isPresent())
            .sorted()
            .limit(OntologyImport.FILES_MAX + 1L)
            .forEach(files::add);
      } catch (IOException e) {
        throw unreadable(path, e);
      } catch (UncheckedIOException e) {
        throw unreadable(path, e);
      }
    }
    if (files.isEmpty()) {
      throw CliError.NOT_FOUND.because(
          "expected files that end in ttl, nt, rdf, owl, xml, jsonld or json: paths=" + paths,
          "Name files, or another folder.");
    }
    return files;
  }

  private static CliException unreadable(Path path, Exception e) {
    return CliError.FILE_UNREADABLE.because(
        "expected a folder that can be read: folder=" + path + ", problem=" + e,
        "Name another.",
        e);
  }

  private ImportedOntology read(List<Path> files) {
    List<SourceFile> sources = new ArrayList<>();
    for (Path file : files) {
      sources.add(new SourceFile(file.toString(), Given.bytes(file, FILE_BYTES_MAX)));
    }
    terminal.note("reading " + files.size() + (files.size() == 1 ? " file" : " files"));
    ReadResult<ImportedOntology> read = OntologyImport.read(sector, sources, namespaces);
    if (read instanceof ReadResult.Read<ImportedOntology> ok) {
      ImportedOntology ontology = ok.value();
      terminal.note(
          String.format(
              Locale.ROOT,
              "read %,d triples, %d parts; adopts %s",
              ontology.lines().size(),
              ontology.parts().size(),
              ontology.namespaces()));
      ontology
          .leftOut()
          .forEach(
              (namespace, count) ->
                  terminal.note("left out " + count + " triples about " + namespace));
      return ontology;
    }
    throw refused(((ReadResult.Refused<ImportedOntology>) read).refusal(), "");
  }

  /** Makes the change as the loop will, so that what cannot be is said before it is sent. */
  private void checkFits(KnowledgeTables tables, ImportedOntology ontology) throws SQLException {
    PromotedVersion head =
        tables
            .head(sector)
            .orElseThrow(
                () ->
                    CliError.NOT_FOUND.because(
                        "expected a snapshot of the sector to extend: sector="
                            + sector
                            + ", log="
                            + tables.log(),
                        "knhk snapshots list shows them; a loop that has just begun needs a moment."));
    ReadResult<Delta> delta =
        OntologyImport.delta(
            sector, Snapshot.of(tables.triples(head)), ontology.lines(), ontology.namespaces());
    if (delta instanceof ReadResult.Read<Delta> fits) {
      terminal.note(
          String.format(
              Locale.ROOT, "%,d triples are new to %s", fits.value().added().size(), head.name()));
    } else if (delta instanceof ReadResult.Refused<Delta> no) {
      throw refused(no.refusal(), ", snapshot=" + head.name());
    }
  }

  private static CliException refused(Refusal refusal, String where) {
    return CliError.BAD_RDF.because(
        refusal.detail() + where, "Nothing was sent. Mend the file, or leave it out.");
  }

  private static String summary(List<Path> files) {
    StringBuilder names = new StringBuilder("Imports ").append(files.get(0).getFileName());
    if (files.size() > 1) {
      names.append(" and ").append(files.size() - 1).append(" more");
    }
    return names.toString();
  }
}
