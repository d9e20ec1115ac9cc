package io.knhk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.knhk.knowledge.Snapshot;
import io.knhk.schemas.control.ControlContent;
import io.knhk.schemas.control.ControlMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Changes, ontologies, snapshots, schemas and guards, as people see and propose them. */
class KnowledgeITCase extends GovernedFinance {
  @Test
  void shouldProposeAChangeAndShowWhatBecameOfIt() throws Exception {
    Path change =
        Files.writeString(
            folder.resolve("change.ttl"),
            "<" + TYPE + "> <http://www.w3.org/2000/01/rdf-schema#comment> \"More\" .\n");
    KnhkInProcess.Result created =
        as("sam", "proposals", "create", "--sector", "finance", change.toString());

    assertThat(created.exitCode()).as(created.err()).isZero();
    ControlContent.ProposeChange sent =
        (ControlContent.ProposeChange) loop.last().message().content();
    assertThat(sent.add()).isEqualTo(Files.readString(change));
    assertThat(sent.summary()).isEqualTo("Adds what is in change.ttl");
    assertThat(created.out())
        .contains("TransactionDecided pending", "approvals-pending", "author        sam", "Stages");

    JsonNode dry =
        as(
                "sam",
                "proposals",
                "create",
                "--sector",
                "finance",
                change.toString(),
                "--dry-run",
                "--on-behalf-of",
                "anna",
                "--json")
            .json();
    assertThat(dry.path("answer").asText()).isEqualTo("dry-run");
    assertThat(dry.at("/proposal/stages/0/stage").asText()).isEqualTo("static");
    assertThat(dry.path("request").isNull()).isTrue();
  }

  @Test
  void shouldSendNothingWhenAChangeCannotBe() throws Exception {
    Path there = folder.resolve("there.ttl");
    Files.writeString(there, loop.head().lines().get(600) + "\n");
    Path other = folder.resolve("other.ttl");
    Files.writeString(
        other, "<https://knhk.io/ns/energy#x> a <http://www.w3.org/2002/07/owl#Class> .");
    Path broken = Files.writeString(folder.resolve("broken.ttl"), "<a> <b>");
    Path large =
        Files.write(folder.resolve("large.ttl"), new byte[ControlContent.RDF_BYTES_MAX + 1]);

    for (Path bad : List.of(there, other, broken)) {
      KnhkInProcess.Result result =
          as("sam", "proposals", "create", "--sector", "finance", bad.toString());
      assertThat(result.exitCode()).as(bad + result.err()).isEqualTo(ExitCode.FAILURE);
      assertThat(result.err()).startsWith("KNHK-1098: expected");
    }
    KnhkInProcess.Result result =
        as("sam", "proposals", "create", "--sector", "finance", large.toString());
    assertThat(result.err()).startsWith("KNHK-1092").contains("limit=262144");
    KnhkInProcess.Result missing =
        as("sam", "proposals", "create", "--sector", "finance", "/nowhere.ttl");
    assertThat(missing.err()).startsWith("KNHK-1032");
    assertThat(loop.received()).isEmpty();
  }

  @Test
  void shouldAskForAGuardByItsNameAndListTheGuards() throws Exception {
    KnhkInProcess.Result relaxed =
        as(
            "sam",
            "proposals",
            "create",
            "--sector",
            "finance",
            "--relax-guard",
            "payment.authorised/four-eyes",
            "--for",
            "2h",
            "--reason",
            "Payout day");
    assertThat(relaxed.exitCode()).as(relaxed.err()).isZero();
    assertThat(loop.last().message().content())
        .isEqualTo(new ControlContent.RelaxGuard(TYPE + "::four-eyes", 7_200_000, "Payout day"));
    assertThat(relaxed.out()).contains("0 of 3 approvers, because it is critical", "Asked for");

    KnhkInProcess.Result unknown =
        as(
            "sam",
            "proposals",
            "create",
            "--sector",
            "finance",
            "--relax-guard",
            "a/b",
            "--for",
            "2h",
            "--reason",
            "x");
    assertThat(unknown.exitCode()).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(unknown.err()).contains("payment.authorised/four-eyes");

    loop.relax(TYPE + "::four-eyes", 4_102_444_800_000L);
    KnhkInProcess.Result guards = run("guards", "list", "--sector", "finance");
    assertThat(guards.out())
        .containsPattern("payment.authorised/four-eyes +ApprovalChain +Critical.*2100-01-01T")
        .containsPattern(
            "card.blocked/rate +PerformanceBound +Medium +.\"maxPerBucket\":5000.0. +-");
  }

  @Test
  void shouldAskForAWayBackToAnEarlierSnapshotOnly() throws Exception {
    Snapshot first = loop.head();
    loop.promote(CHANGE, true);

    KnhkInProcess.Result newest =
        as(
            "sam",
            "snapshots",
            "rollback",
            "--sector",
            "finance",
            "--to",
            "finance/2",
            "--reason",
            "x");
    assertThat(newest.exitCode()).isEqualTo(ExitCode.USAGE);
    KnhkInProcess.Result back =
        as(
            "sam",
            "snapshots",
            "rollback",
            "--sector",
            "finance",
            "--to",
            "finance/1",
            "--reason",
            "Wrong");
    assertThat(back.exitCode()).as(back.err()).isZero();
    assertThat(loop.last().message().content())
        .isEqualTo(new ControlContent.RollBack(first.id(), "Wrong"));
    assertThat(
            as(
                    "sam",
                    "snapshots",
                    "rollback",
                    "--sector",
                    "energy",
                    "--to",
                    "finance/1",
                    "--reason",
                    "x")
                .exitCode())
        .isEqualTo(ExitCode.USAGE);
  }

  @Test
  void shouldAskWhichLedgerWhenThereAreSeveralAndNoneIsNamed() throws Exception {
    Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
    String uri = postgresql.jdbcUrl().replaceFirst("^jdbc:", "");
    String[] line = {
      "proposals",
      "list",
      "--postgres",
      uri,
      "--postgres-user",
      postgresql.auditor().user(),
      "--postgres-password-file",
      postgresql.auditor().passwordFile().toString(),
      "--state",
      elsewhere.toString()
    };
    assertThat(knhk.run(line).exitCode()).isZero();
    execute(
        "insert into knhk.snapshots select 'second', sector, version, snapshot_id, parent_id,"
            + " proposal_id, promoted_at, body, signature, key_id from knhk.snapshots");

    KnhkInProcess.Result which = knhk.run(line);
    assertThat(which.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(which.err()).startsWith("KNHK-1097").contains("[second, test]");
    assertThat(knhk.run(with(line, "--log", "second")).exitCode()).isZero();
  }

  @Test
  void shouldRefuseToSendWhatIsBeyondALimitOfMessages() throws Exception {
    // A control character has six bytes in JSON: within the limit of RDF, beyond that of messages.
    Path change = folder.resolve("comment.ttl");
    Files.writeString(
        change,
        "<"
            + TYPE
            + "> <http://www.w3.org/2000/01/rdf-schema#comment> \"x\" .\n#"
            + "\u0001".repeat(100_000));

    KnhkInProcess.Result refused =
        as("sam", "proposals", "create", "--sector", "finance", change.toString());

    assertThat(refused.exitCode()).as(refused.err()).isEqualTo(ExitCode.USAGE);
    assertThat(refused.err())
        .startsWith("KNHK-1092: expected a bounded message")
        .contains("limit=" + ControlMessage.BYTES_MAX);
    assertThat(loop.received()).isEmpty();
  }

  @Test
  void shouldShowWhatASnapshotSaysAndHowTwoDiffer() throws Exception {
    Snapshot first = loop.head();
    loop.promote(CHANGE, true);

    KnhkInProcess.Result lines = run("snapshots", "get", "finance/1", "--format", "ntriples");
    assertThat(lines.exitCode()).as(lines.err()).isZero();
    assertThat(lines.out().lines()).containsExactlyElementsOf(first.lines());
    assertThat(run("snapshots", "get", "finance").out())
        .contains("@prefix knhk:", "\"Risk is scored.\"");
    assertThat(
            run("snapshots", "get", loop.head().id().substring(0, 10), "--format", "jsonld").json())
        .isNotEmpty();

    KnhkInProcess.Result diff = run("snapshots", "diff", "finance/1", "finance/2");
    assertThat(diff.exitCode()).as(diff.err()).isZero();
    assertThat(diff.out()).contains("Compatibility: full.", "\n+ <" + TYPE + ">");
    JsonNode back = run("snapshots", "diff", "finance/2", first.id(), "--json").json();
    assertThat(back.path("removed")).hasSize(1);
    assertThat(back.path("words")).isNotEmpty();
    assertThat(run("snapshots", "diff", "finance", "finance", "--only", "words").out())
        .contains("Both say the same.");
    assertThat(run("snapshots", "get", "finance/9").exitCode()).isEqualTo(ExitCode.NOT_FOUND);

    changeDocuments("document = document #- '{added,0}'", "delta");
    KnhkInProcess.Result changed = run("snapshots", "get", "finance/2");
    assertThat(changed.exitCode()).isEqualTo(ExitCode.EVIDENCE_INVALID);
    assertThat(changed.err()).contains("KNHK-1070", "idOfTriples=");
  }

  @Test
  void shouldWriteSchemasOfWhatWasPromotedAndHoldOthersAgainstIt() throws Exception {
    String[] type = {"--sector", "finance", "--event-type", "payment.authorised"};
    KnhkInProcess.Result json = run(with(new String[] {"schema", "export"}, type));
    KnhkInProcess.Result avro =
        run(with(with(new String[] {"schema", "export", "--format", "avro"}, type), "--at", "0s"));
    assertThat(json.exitCode()).as(json.err()).isZero();
    assertThat(json.json().path("$schema").asText()).contains("2020-12");
    assertThat(avro.json().path("type").asText()).isEqualTo("record");

    Path own = Files.writeString(folder.resolve("own.json"), json.out());
    KnhkInProcess.Result fits = run(with(new String[] {"schema", "check", own.toString()}, type));
    assertThat(fits.exitCode()).as(fits.err() + fits.out()).isZero();
    assertThat(fits.err()).contains("conforms to payment.authorised of finance/1");
    Files.writeString(own, json.out().replace("\"EUR\"", "\"DOGE\""));
    KnhkInProcess.Result differs =
        run(with(new String[] {"schema", "check", own.toString()}, type));
    assertThat(differs.exitCode()).isEqualTo(ExitCode.FAILURE);
    assertThat(differs.err()).contains("KNHK-1099", "finance/1");
    assertThat(differs.out()).contains("would-not-conform", "DOGE");
    Files.writeString(own, "no schema");
    assertThat(run(with(new String[] {"schema", "check", own.toString()}, type)).err())
        .startsWith("KNHK-1034");

    assertThat(run("schema", "export", "--sector", "finance", "--event-type", "none").exitCode())
        .isEqualTo(ExitCode.NOT_FOUND);
    assertThat(run(with(with(new String[] {"schema", "export"}, type), "--at", "1000d")).exitCode())
        .isEqualTo(ExitCode.NOT_FOUND);
    assertThat(run(with(with(new String[] {"schema", "export"}, type), "--format", "xsd")).err())
        .startsWith("KNHK-1001");
    assertThat(
            run(
                    "schema",
                    "export",
                    "--sector",
                    "energy",
                    "--event-type",
                    "x",
                    "--snapshot",
                    "finance/1")
                .exitCode())
        .isEqualTo(ExitCode.USAGE);
  }

  @Test
  void shouldSendAnOntologyInPartsThenTheRequest() throws Exception {
    Path ontology = Files.createDirectories(folder.resolve("loans"));
    Files.writeString(
        ontology.resolve("loan.ttl"),
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
            + "<https://example.org/loan/> a owl:Ontology .\n"
            + "<https://example.org/loan/Loan> a owl:Class .\n");
    Files.writeString(
        ontology.resolve("more.rdf"),
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'"
            + " xmlns:owl='http://www.w3.org/2002/07/owl#'>"
            + "<owl:Class rdf:about='https://example.org/loan/Mortgage'/></rdf:RDF>");
    Files.writeString(ontology.resolve("README.md"), "not RDF");

    KnhkInProcess.Result imported =
        as("sam", "ontology", "import", ontology.toString(), "--sector", "finance");

    assertThat(imported.exitCode()).as(imported.err()).isZero();
    assertThat(imported.err()).contains("reading 2 files", "sent part 1 of 1");
    assertThat(loop.received()).hasSize(2);
    ControlContent.ImportPart part =
        (ControlContent.ImportPart) loop.received().get(0).message().content();
    ControlContent.ImportOntology request =
        (ControlContent.ImportOntology) loop.last().message().content();
    assertThat(request.importId()).isEqualTo(part.importId());
    assertThat(request.triples()).isEqualTo(3);
    assertThat(request.namespaces()).containsExactly("https://example.org/loan/");
    assertThat(request.summary()).isEqualTo("Imports loan.ttl and 1 more");
    assertThat(loop.last().message().counter())
        .isGreaterThan(loop.received().get(0).message().counter());

    Path hostile =
        Files.writeString(
            folder.resolve("hostile.rdf"),
            "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x/>");
    KnhkInProcess.Result refused =
        as("sam", "ontology", "import", hostile.toString(), "--sector", "finance");
    assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILURE);
    assertThat(refused.err()).contains("KNHK-1098: expected", "hostile.rdf");
    assertThat(
            as(
                    "sam",
                    "ontology",
                    "import",
                    ontology.toString(),
                    "--sector",
                    "finance",
                    "--namespace",
                    "https://knhk.io/ns/energy#")
                .err())
        .contains("KNHK-1098");
    assertThat(loop.received()).hasSize(2);
  }
}
