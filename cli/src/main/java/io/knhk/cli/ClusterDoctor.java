package io.knhk.cli;

import io.knhk.cli.doctor.ArchiveChecks;
import io.knhk.cli.doctor.Findings;
import io.knhk.cli.doctor.FlinkChecks;
import io.knhk.cli.doctor.JobFile;
import io.knhk.cli.doctor.KeyChecks;
import io.knhk.cli.doctor.TopicChecks;
import io.knhk.cli.doctor.TopicState;
import io.knhk.embedded.ArchiveSchema;
import io.knhk.jobs.archive.ArchiveOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.jspecify.annotations.Nullable;

/**
 * Looks at each of the servers that somebody named, as the jobs will use them. A flag wins over a
 * job's file, that over variables, a profile and a running {@code up}.
 */
final class ClusterDoctor {
  private final Terminal terminal;
  private final ConnectionOptions flags;
  private final ClusterOptions options;
  private final Findings findings;
  private final List<JobFile> files = new ArrayList<>();
  private int named;
  private int reached;

  ClusterDoctor(
      Terminal terminal, ConnectionOptions flags, ClusterOptions options, Findings findings) {
    this.terminal = terminal;
    this.flags = flags;
    this.options = options;
    this.findings = findings;
  }

  /** Makes every finding and returns the exit code. */
  int check() throws InterruptedException {
    for (Path file : options.config) {
      JobFile.read(file, findings).ifPresent(files::add);
    }
    ResolvedEndpoints endpoints = endpoints();
    int parallelism = checkFlink(endpoints);
    checkKafka(endpoints, parallelism);
    checkArchive(endpoints);
    KeyChecks.check(
        or(options.signingKey, JobFile::signingKey),
        Optional.ofNullable(or(options.publicKey, JobFile::trustedKeys))
            .orElse(endpoints.publicKey()),
        findings);
    login()
        .flatMap(login -> Optional.ofNullable(login.passwordFile()))
        .ifPresent(file -> KeyChecks.checkPassword(file, findings));
    if (named == 0
        && options.config.isEmpty()
        && options.signingKey == null
        && options.publicKey == null) {
      throw Archive.nothingRuns(endpoints);
    }
    if (named > 0 && reached == 0) {
      return ExitCode.UNREACHABLE;
    }
    return findings.anyFailed() ? ExitCode.FAILURE : ExitCode.OK;
  }

  private ResolvedEndpoints endpoints() {
    ResolvedEndpoints found = EndpointResolver.resolve(flags, terminal);
    String kafka = or(flags.bootstrapServer, ClusterDoctor::bootstrap);
    String jdbcUrl =
        flags.postgres != null ? null : or(null, file -> file.value(ArchiveOptions.JDBC_URL));
    ResolvedEndpoints.Login login =
        flags.postgresUser != null || jdbcUrl == null ? found.auditor() : login().orElse(null);
    return new ResolvedEndpoints(
        found.stateDir(),
        found.pid(),
        kafka != null ? kafka : found.bootstrapServers(),
        found.commandConfig(),
        jdbcUrl != null ? jdbcUrl : found.jdbcUrl(),
        login,
        login().orElse(found.writer()),
        found.flink(),
        found.publicKey(),
        found.log(),
        found.signingKey());
  }

  private int checkFlink(ResolvedEndpoints endpoints) throws InterruptedException {
    int fallback = options.parallelism == null ? 1 : options.parallelism;
    String flink = endpoints.flink();
    if (flink == null) {
      findings.skipped("flink", "no page was named: --flink http://HOST:8081");
      return fallback;
    }
    named++;
    OptionalInt parallelism = FlinkChecks.check(flink, options.parallelism, findings);
    reached += parallelism.isPresent() ? 1 : 0;
    return parallelism.orElse(fallback);
  }

  private void checkKafka(ResolvedEndpoints endpoints, int parallelism)
      throws InterruptedException {
    String servers = endpoints.bootstrapServers();
    if (servers == null) {
      findings.skipped("kafka", "no broker was named: --bootstrap-server HOST:PORT");
      return;
    }
    named++;
    Map<String, String> properties = new HashMap<>();
    files.forEach(file -> properties.putAll(file.kafka()));
    try (Admin admin = KafkaClients.admin(endpoints, properties)) {
      int brokers = TopicState.brokers(admin);
      reached++;
      findings.ok("kafka", "brokers=" + brokers);
      new TopicChecks(servers, brokers, parallelism, findings).check(TopicState.read(admin));
    } catch (AuthorizationException e) {
      findings.failed(
          "kafka topics",
          "expected to be let read how the topics are set up: problem=" + e.getMessage(),
          "kafka-acls.sh --bootstrap-server "
              + servers
              + " --add --allow-principal User:NAME --operation Describe --operation"
              + " DescribeConfigs --topic knhk. --resource-pattern-type prefixed");
    } catch (KafkaException e) {
      findings.failed(
          "kafka",
          "expected Kafka to answer: bootstrapServers=" + servers + ", problem=" + e.getMessage(),
          "Start the brokers, name them with --bootstrap-server HOST:PORT, and how to log in with"
              + " --command-config FILE");
    }
  }

  private void checkArchive(ResolvedEndpoints endpoints) {
    String jdbcUrl = endpoints.jdbcUrl();
    if (jdbcUrl == null) {
      findings.skipped(
          "postgresql", "no database was named: --postgres postgresql://HOST/DATABASE");
      return;
    }
    named++;
    ResolvedEndpoints.Login auditor = endpoints.auditor();
    ResolvedEndpoints.Login writer = endpoints.writer();
    try (Connection connection = Archive.asAuditor(endpoints)) {
      reached++;
      ArchiveChecks checks = new ArchiveChecks(connection, findings);
      checks.check(schema(jdbcUrl, auditor));
      if (login().isEmpty() || !Objects.equals(auditor, writer)) {
        checks.checkLogin("login");
      }
    } catch (CliException e) {
      findings.failed("postgresql", String.valueOf(e.getMessage()), mendLogin());
      return;
    } catch (SQLException e) {
      findings.failed(
          "postgresql", String.valueOf(e.getMessage()), "Look into the log of PostgreSQL.");
      return;
    }
    boolean known = login().isPresent() || !Objects.equals(auditor, writer);
    if (known && writer != null && isHere(writer.passwordFile())) {
      checkWriter(endpoints);
    }
  }

  private void checkWriter(ResolvedEndpoints endpoints) {
    try (Connection connection = Archive.asWriter(endpoints)) {
      new ArchiveChecks(connection, findings).checkWriter();
    } catch (CliException | SQLException e) {
      findings.failed("writer login", String.valueOf(e.getMessage()), mendLogin());
    }
  }

  private static boolean isHere(@Nullable Path passwordFile) {
    return passwordFile == null || Files.exists(passwordFile);
  }

  private static String mendLogin() {
    return "Start it, or name who to be: --postgres-user NAME --postgres-password-file FILE";
  }

  private static ArchiveSchema schema(String jdbcUrl, ResolvedEndpoints.@Nullable Login login) {
    Path file = login == null ? null : login.passwordFile();
    return new ArchiveSchema(
        jdbcUrl, login == null ? null : login.user(), file == null ? null : Archive.password(file));
  }

  /** That of the archive job, as its file says. */
  private Optional<ResolvedEndpoints.Login> login() {
    for (JobFile file : files) {
      Optional<String> user = file.value(ArchiveOptions.USER);
      if (user.isPresent()) {
        Path password = file.value(ArchiveOptions.PASSWORD_FILE).map(Path::of).orElse(null);
        return Optional.of(new ResolvedEndpoints.Login(user.get(), password));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> bootstrap(JobFile file) {
    return Optional.ofNullable(file.kafka().get("bootstrap.servers"));
  }

  private <T> @Nullable T or(@Nullable T flag, Function<JobFile, Optional<T>> member) {
    if (flag != null) {
      return flag;
    }
    return files.stream().map(member).flatMap(Optional::stream).findFirst().orElse(null);
  }
}
