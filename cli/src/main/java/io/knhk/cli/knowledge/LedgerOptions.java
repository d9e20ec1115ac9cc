package io.knhk.cli.knowledge;

import io.knhk.cli.ConnectionOptions;
import io.knhk.cli.EndpointResolver;
import io.knhk.cli.ResolvedEndpoints;
import io.knhk.cli.Terminal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which ledger, and where its archive is. */
public final class LedgerOptions {
  @Mixin private final ConnectionOptions connection = new ConnectionOptions();

  @Option(
      names = "--log",
      paramLabel = "NAME",
      description =
          "Name of the ledger. Default: the running stack's, or the only one there is. Variable: KNHK_LOG.")
  private @Nullable String log;

  public ResolvedEndpoints endpoints(Terminal terminal) {
    return EndpointResolver.resolve(connection, terminal);
  }

  /** Opens the archive. */
  public KnowledgeTables tables(Terminal terminal) {
    return KnowledgeTables.open(endpoints(terminal), log);
  }

  /** As {@link #tables(Terminal)}, for endpoints that are resolved already. */
  public KnowledgeTables tables(ResolvedEndpoints endpoints) {
    return KnowledgeTables.open(endpoints, log);
  }
}
