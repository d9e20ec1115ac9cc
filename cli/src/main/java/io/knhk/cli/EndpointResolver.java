package io.knhk.cli;

import io.knhk.embedded.Endpoints;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Finds the stack: flag, then variable, then profile, then what a running {@code up} wrote, then
 * the default.
 */
public final class EndpointResolver {
  static final String ENDPOINTS_FILE = "endpoints.json";
  static final String STATE_FOLDER = ".knhk";
  private static final int CONFIG_BYTES_MAX = 64 * 1024;

  private final ConnectionOptions flags;
  private final Terminal terminal;

  private EndpointResolver(ConnectionOptions flags, Terminal terminal) {
    this.flags = flags;
    this.terminal = terminal;
  }

  /**
   * @throws CliException if what was named cannot be read or makes no sense; nothing is contacted
   */
  public static ResolvedEndpoints resolve(ConnectionOptions flags, Terminal terminal) {
    return new EndpointResolver(flags, terminal).resolve();
  }

  /** The state folder by flag, variable or default. */
  static Path stateDir(@Nullable Path flag, Terminal terminal) {
    if (flag != null) {
      return flag.toAbsolutePath().normalize();
    }
    String variable = terminal.variable("KNHK_STATE");
    return variable != null
        ? Path.of(variable).toAbsolutePath().normalize()
        : terminal.launcherHome().resolve(STATE_FOLDER).toAbsolutePath().normalize();
  }

  private ResolvedEndpoints resolve() {
    Path state = stateDir(flags.state, terminal);
    Map<String, String> profile = profile();
    Endpoints running = running(state).orElse(null);
    String postgres = first(flags.postgres, "KNHK_POSTGRES", profile.get("postgres"));
    ResolvedEndpoints.Login named = login(profile);
    // A password that goes with the running stack is not sent to another server.
    boolean isNamed = named != null || postgres != null;
    String jdbcUrl = running == null ? null : running.jdbcUrl();
    return new ResolvedEndpoints(
        state,
        running == null ? null : running.pid(),
        or(
            first(flags.bootstrapServer, "KNHK_BOOTSTRAP_SERVER", profile.get("bootstrap-server")),
            running == null ? null : running.bootstrapServers()),
        path(
            first(text(flags.commandConfig), "KNHK_COMMAND_CONFIG", profile.get("command-config"))),
        postgres != null ? jdbcUrl(postgres) : jdbcUrl,
        isNamed || running == null
            ? named
            : new ResolvedEndpoints.Login(running.auditorUser(), running.auditorPasswordFile()),
        isNamed || running == null
            ? named
            : new ResolvedEndpoints.Login(running.writerUser(), running.writerPasswordFile()),
        or(
            first(flags.flink, "KNHK_FLINK", profile.get("flink")),
            running == null ? null : running.flinkUrl()),
        publicKey(state, profile, running),
        or(first(null, "KNHK_LOG", profile.get("log")), running == null ? null : running.log()),
        path(first(null, "KNHK_SIGNING_KEY", profile.get("signing-key"))));
  }

  private ResolvedEndpoints.@Nullable Login login(Map<String, String> profile) {
    String user = first(flags.postgresUser, "KNHK_POSTGRES_USER", profile.get("postgres-user"));
    String passwordFile =
        first(
            text(flags.postgresPasswordFile),
            "KNHK_POSTGRES_PASSWORD_FILE",
            profile.get("postgres-password-file"));
    return user == null ? null : new ResolvedEndpoints.Login(user, path(passwordFile));
  }

  private @Nullable Path publicKey(
      Path state, Map<String, String> profile, @Nullable Endpoints running) {
    String named = first(null, "KNHK_PUBLIC_KEY", profile.get("public-key"));
    if (named != null) {
      return Path.of(named);
    }
    if (running != null) {
      return running.publicKeyFile();
    }
    Path key = state.resolve("keys").resolve("public.pem");
    return Files.exists(key) ? key : null;
  }

  private @Nullable String first(
      @Nullable String flag, String variable, @Nullable String fromProfile) {
    return or(flag, or(terminal.variable(variable), fromProfile));
  }

  private Map<String, String> profile() {
    String name = or(flags.profile, terminal.variable("KNHK_PROFILE"));
    if (name == null) {
      return Map.of();
    }
    Path file = terminal.userHome().resolve(".config/knhk/config.yaml");
    try {
      if (Files.size(file) > CONFIG_BYTES_MAX) {
        throw badConfig("expected a small file: file=" + file + ", limit=" + CONFIG_BYTES_MAX);
      }
      try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
        Object root = new Yaml(new SafeConstructor(new LoaderOptions())).load(reader);
        Object profiles = root instanceof Map<?, ?> map ? map.get("profiles") : null;
        Object profile = profiles instanceof Map<?, ?> map ? map.get(name) : null;
        if (!(profile instanceof Map<?, ?> members)) {
          throw badConfig(
              "expected the profile under profiles: file=" + file + ", profile=" + name);
        }
        Map<String, String> texts = new HashMap<>();
        members.forEach((key, value) -> texts.put(String.valueOf(key), String.valueOf(value)));
        return texts;
      }
    } catch (IOException | YAMLException e) {
      throw CliError.BAD_CONFIGURATION.because(
          "expected a profile in YAML: file="
              + file
              + ", profile="
              + name
              + ", problem="
              + e.getMessage(),
          "Mend the file, or leave --profile and KNHK_PROFILE out.",
          e);
    }
  }

  private static CliException badConfig(String problem) {
    return CliError.BAD_CONFIGURATION.because(
        problem, "Mend the file, or leave --profile and KNHK_PROFILE out.");
  }

  /**
   * What a running {@code up} wrote; empty where none runs.
   *
   * @throws CliException if it wrote something and ended without taking it back
   */
  static Optional<Endpoints> running(Path state) {
    Path file = state.resolve(ENDPOINTS_FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Optional<Endpoints> running = Endpoints.read(file);
    if (running.isEmpty() && Files.exists(file)) {
      throw CliError.BAD_CONFIGURATION.because(
          "expected what an up of this release wrote: file=" + file,
          "Stop that up, then run ./knhk up.");
    }
    running.ifPresent(endpoints -> checkAlive(file, endpoints.pid()));
    return running;
  }

  private static void checkAlive(Path file, long pid) {
    if (ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty()) {
      throw CliError.STALE_ENDPOINTS.because(
          "expected the up that wrote "
              + file
              + " to run: pid="
              + pid
              + ". It ended without cleaning up",
          "Run ./knhk up: it goes on where that one stopped.");
    }
  }

  /**
   * A URI as a person writes it, as JDBC wants it. A password in it would be seen by all, and is
   * refused.
   */
  static String jdbcUrl(String uri) {
    String next =
        "Give postgresql://HOST:PORT/DATABASE, and the password with --postgres-password-file.";
    URI parsed;
    try {
      parsed = URI.create(uri);
    } catch (IllegalArgumentException e) {
      throw CliError.BAD_CONFIGURATION.because("expected a postgresql:// URI", next, e);
    }
    String scheme = parsed.getScheme();
    if (!("postgresql".equals(scheme) || "postgres".equals(scheme)) || parsed.getHost() == null) {
      throw CliError.BAD_CONFIGURATION.because(
          "expected a postgresql:// URI: scheme=" + scheme, next);
    }
    if (parsed.getUserInfo() != null || String.valueOf(parsed.getQuery()).contains("password=")) {
      throw CliError.BAD_CONFIGURATION.because("expected a URI without user and password", next);
    }
    return "jdbc:postgresql://"
        + parsed.getHost()
        + (parsed.getPort() < 0 ? "" : ":" + parsed.getPort())
        + (parsed.getRawPath() == null || parsed.getRawPath().isEmpty() ? "/" : parsed.getRawPath())
        + (parsed.getRawQuery() == null ? "" : "?" + parsed.getRawQuery());
  }

  private static @Nullable String or(@Nullable String first, @Nullable String second) {
    return first != null ? first : second;
  }

  private static @Nullable String text(@Nullable Path path) {
    return path == null ? null : path.toString();
  }

  private static @Nullable Path path(@Nullable String text) {
    return text == null ? null : Path.of(text);
  }
}
