package io.knhk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.cli.verify.TestLedger;
import io.knhk.ledger.SigningKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class KnhkTest {
  @TempDir private Path home;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Map<String, String> environment = new HashMap<>();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bogus",
        "receipts",
        "receipts bogus",
        "receipts list --limit x",
        "receipts list --limit 0",
        "receipts list --since yesterday",
        "receipts list --operation Bogus",
        "receipts list -o xml",
        "receipts get",
        "receipts get ZZZ",
        "verify --bogus",
        "verify --partial",
        "verify --file a --sector finance --public-key b",
        "deadletters show 1-2",
        "halts",
        "halts list --limit 0",
        "halts resume 1",
        "halts resume x --reason y",
        "deadletters replay",
        "deadletters replay 0/1 0/2 --file x",
        "sql",
        "publish a.csv",
        "publish --sector bogus a.csv",
        "publish --sector finance a.txt",
        "publish --sector finance --rate -1 a.csv",
        "logs -n -1",
        "snapshots list --postgres mysql://h/d",
        "snapshots list --postgres postgresql://u:secret@h/d",
        "snapshots list --profile none",
        "doctor --config loop.properties",
        "topics create --partitions 0",
        "database migrate --postgres postgresql://u:secret@h/d",
        "proposals",
        "proposals list --status bogus",
        "proposals list --sector bogus",
        "proposals get xyz",
        "proposals create --sector bogus a.ttl",
        "proposals create --sector finance",
        "proposals create --sector finance a.ttl --for 2h",
        "proposals create --sector finance --relax-guard a/b --for 2h",
        "proposals create --sector finance --relax-guard a/b --for 169h --reason x",
        "proposals create --sector finance --relax-guard a/b --for soon --reason x",
        "proposals create --sector finance --relax-guard a/b --for 2h --reason x --dry-run",
        "proposals vote 3f",
        "proposals vote xyz --approve",
        "proposals vote 3f --approve --reject --reason x",
        "proposals vote 3f --reject",
        "proposals vote 3f --approve --as producer-fault",
        "proposals vote 3f --reject --reason x --as bob",
        "proposals vote 3f --approve --expires-in 25h",
        "proposals vote 3f --approve --timeout 0",
        "proposals vote 3f --approve --as-demonstration ../alice",
        "proposals withdraw 3f",
        "doctrine add --sector finance --reason x",
        "doctrine add --sector finance --id a --constraint bogus --enforcement warning --text t --reason x",
        "doctrine add --sector finance --id A --constraint schema --enforcement warning --text t --reason x",
        "doctrine add --sector finance --id a --constraint schema --enforcement warning --text t --reason x --from 2026-01-02T00:00:00Z --until 2026-01-01T00:00:00Z",
        "doctrine retire a --sector bogus --reason x",
        "guards list --sector bogus",
        "approvers add --sector finance --person BOB --role approver --reason x",
        "approvers add --sector finance --person bob --role king --reason x",
        "approvers add --sector finance --person bob --reason x",
        "approvers revoke --sector finance --person bob --key-id xyz --reason x",
        "hold --sector finance --reason x",
        "hold --sector finance --promotions --proposals --reason x",
        "hold --sector finance --promotions",
        "release --sector bogus --promotions --reason x",
        "snapshots rollback --sector finance --to 3f"
      })
  void shouldExitWithUsageWhenCommandLineIsWrong(String line) {
    assertThat(run(line)).as(text(err)).isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).startsWith("KNHK-10").doesNotContain("secret@");
    assertThat(text(out)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status",
        "verify",
        "receipts list",
        "receipts get 3f",
        "receipts export",
        "snapshots list",
        "halts list",
        "halts resume 1 --reason y",
        "deadletters list",
        "deadletters show 0/1",
        "deadletters replay 0/1",
        "sql 'select-1'",
        "doctor --cluster",
        "topics create",
        "topics list",
        "database migrate",
        "database status",
        "proposals list",
        "proposals get 3f",
        "doctrine list",
        "guards list",
        "approvers list",
        "receipts list --postgres postgresql://127.0.0.1:1/knhk --postgres-user x"
      })
  void shouldExitWithUnreachableWhenNothingRuns(String line) {
    assertThat(run(line)).as(text(err)).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(text(err)).matches("(?s)KNHK-101[02]: expected .*Run .*");
    assertThat(home.resolve(".knhk")).doesNotExist();
  }

  @Test
  void shouldExitWithUnreachableWhenUpWasKilled() throws IOException {
    Path state = Files.createDirectories(home.resolve(".knhk"));
    Files.writeString(
        state.resolve("endpoints.json"),
        """
        {"bootstrapServers":"127.0.0.1:1","jdbcUrl":"jdbc:postgresql://127.0.0.1:1/knhk","postgresqlUri":"x","auditorUser":"a",
         "auditorPasswordFile":"/x","writerUser":"w","writerPasswordFile":"/x","flinkUrl":"http://127.0.0.1:1","log":"l",
         "publicKeyFile":"/x","pid":"4194304999"}
        """);

    assertThat(run("status")).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(text(err)).startsWith("KNHK-1011").contains("./knhk up");
    assertThat(run("down")).isEqualTo(ExitCode.OK);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void shouldShowExampleInHelpOfEveryCommand(String command) {
    assertThat(run((command + " --help").strip())).isEqualTo(ExitCode.OK);
    assertThat(text(out)).contains("Example").containsPattern("(?m)^  .*knhk " + command);
  }

  @Test
  void shouldExplainEveryErrorInHandbook() throws IOException {
    Path root = Path.of("").toAbsolutePath();
    Path page = Files.exists(root.resolve("docs")) ? root : root.getParent();
    String handbook = Files.readString(page.resolve("docs/handbook/errors.md"));
    for (CliError error : CliError.values()) {
      assertThat(handbook).contains("## " + error.code());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "proposals vote 3f --approve",
        "proposals vote 3f --approve --signing-key none.pem",
        "proposals vote 3f --approve --as-demonstration alice",
        "proposals withdraw 3f --reason x",
        "hold --sector finance --promotions --reason x",
        "approvers add --sector finance --person bob --role approver --reason x",
        "doctrine retire a --sector finance --reason x",
        "snapshots rollback --sector finance --to 3f --reason x"
      })
  void shouldExitWithNotFoundWhenThereIsNoKeyToSignWith(String line) {
    assertThat(run(line)).as(text(err)).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(text(err)).startsWith("KNHK-1090").contains("--signing-key");
  }

  @Test
  void shouldExitWithFailureWhenOthersCanReadTheSigningKey() throws IOException {
    Path key = home.resolve("mine.pem");
    Files.writeString(key, SigningKey.generate(new SecureRandom()).toPem());
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));

    assertThat(run("hold --sector finance --promotions --reason x --signing-key " + key))
        .isEqualTo(ExitCode.FAILURE);
    assertThat(text(err)).startsWith("KNHK-1022").contains("chmod 600");
  }

  @Test
  void shouldVerifyExportOffline() throws IOException {
    TestLedger ledger = new TestLedger().addRuns("finance", 3);
    Path export = Files.write(home.resolve("export"), ledger.export());
    Path key = Files.writeString(home.resolve("public.pem"), ledger.publicPem());

    assertThat(run("verify --file " + export + " --public-key " + key)).as(text(err)).isZero();
    assertThat(text(out)).contains("Proved: ", "Not proved: ");
  }

  @Test
  void shouldExitWithInvalidWhenExportWasTouched() throws IOException {
    TestLedger ledger = new TestLedger().addRuns("finance", 3);
    byte[] bytes = ledger.export();
    bytes[200] ^= 1;
    Path export = Files.write(home.resolve("export"), bytes);
    Path key = Files.writeString(home.resolve("public.pem"), ledger.publicPem());

    assertThat(run("verify --json --file " + export + " --public-key " + key))
        .isEqualTo(ExitCode.EVIDENCE_INVALID);
    assertThat(text(out)).contains("\"valid\" : false").contains("\"proved\" : [ ]");
  }

  @Test
  void shouldExitWithIncompleteWhenExportIsEmpty() throws IOException {
    Path export = Files.write(home.resolve("export"), new byte[0]);
    Path key = Files.writeString(home.resolve("public.pem"), new TestLedger().publicPem());

    assertThat(run("verify --file " + export + " --public-key " + key))
        .isEqualTo(ExitCode.INCOMPLETE);
  }

  @Test
  void shouldNotReplaceKeyWhenThereIsOne() throws IOException {
    assertThat(run("keys init")).isZero();
    Path signing = home.resolve(".knhk/keys/signing.pem");
    String secret = Files.readString(signing);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(signing)))
        .isEqualTo("rw-------");
    assertThat(run("keys init")).isEqualTo(ExitCode.REFUSED);
    assertThat(Files.readString(signing)).isEqualTo(secret);
    assertThat(run("keys list --json")).isZero();
    assertThat(text(out)).contains("SHA256:").doesNotContain(secret.lines().toList().get(1));
  }

  @Test
  void shouldDeleteNothingWhenFolderIsNoStateOrNobodySaysYes() throws IOException {
    Path precious = Files.createDirectories(home.resolve("precious"));
    Files.writeString(precious.resolve("thesis.txt"), "x");
    assertThat(run("reset --yes --state " + precious)).isEqualTo(ExitCode.REFUSED);
    assertThat(precious.resolve("thesis.txt")).exists();

    Path state = Files.createDirectories(home.resolve(".knhk/keys"));
    assertThat(run("reset")).isEqualTo(ExitCode.REFUSED);
    assertThat(state).exists();
    assertThat(run("reset --yes")).isZero();
    assertThat(home.resolve(".knhk")).doesNotExist();
  }

  @Test
  void shouldShowLastLinesWhenAskedForLog() throws IOException {
    Path logs = Files.createDirectories(home.resolve(".knhk/logs"));
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      lines.append("line ").append(i).append('\n');
    }
    Files.writeString(logs.resolve("knhk.log"), lines);

    assertThat(run("logs -n 2")).isZero();
    assertThat(text(out)).isEqualTo("line 4998\nline 4999\n");
  }

  @Test
  void shouldPreferFlagThenVariableThenProfile() throws IOException {
    Path config = Files.createDirectories(home.resolve(".config/knhk")).resolve("config.yaml");
    Files.writeString(
        config, "profiles:\n  far:\n    bootstrap-server: profile:1\n    flink: http://profile\n");
    environment.put("KNHK_PROFILE", "far");
    ConnectionOptions flags = new ConnectionOptions();
    assertThat(EndpointResolver.resolve(flags, terminal()).bootstrapServers())
        .isEqualTo("profile:1");
    environment.put("KNHK_BOOTSTRAP_SERVER", "variable:1");
    assertThat(EndpointResolver.resolve(flags, terminal()).bootstrapServers())
        .isEqualTo("variable:1");
    flags.bootstrapServer = "flag:1";
    assertThat(EndpointResolver.resolve(flags, terminal()).bootstrapServers()).isEqualTo("flag:1");
    assertThat(EndpointResolver.resolve(flags, terminal()).flink()).isEqualTo("http://profile");
  }

  @Test
  void shouldWriteCompletionForEveryCommand() {
    assertThat(run("completion")).isZero();
    assertThat(text(out)).contains("deadletters", "publish", "complete -F");
  }

  private static Stream<String> commands() {
    List<String> names = new ArrayList<>();
    collect(Knhk.commandLine(Terminal.ofProcess()), "", names);
    return names.stream();
  }

  private static void collect(CommandLine command, String name, List<String> names) {
    names.add(name);
    command
        .getSubcommands()
        .forEach((verb, sub) -> collect(sub, (name + " " + verb).strip(), names));
  }

  private int run(String line) {
    out.reset();
    err.reset();
    return Knhk.run(terminal(), line.isEmpty() ? new String[0] : line.split(" "));
  }

  private Terminal terminal() {
    return new Terminal(
        new PrintStream(out, false, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        new ByteArrayInputStream("n\n".getBytes(StandardCharsets.UTF_8)),
        environment,
        home,
        home,
        false);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
