package io.knhk.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.knhk.ledger.KeyRing;
import io.knhk.ledger.VerifyingKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "list",
    description =
        "Lists the public keys of the state folder: id, as receipts name it, and fingerprint, as people compare it.",
    footer = {"", "Example:", "  knhk keys list --public-key other.pem"})
final class KeysListCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final OutputOptions output = new OutputOptions();

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "State folder. Default: .knhk beside the launcher.")
  private @Nullable Path state;

  @Option(
      names = "--public-key",
      paramLabel = "PUB",
      description = "The keys of this PEM file instead.")
  private @Nullable Path publicKey;

  KeysListCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Path file =
        publicKey != null
            ? publicKey
            : EndpointResolver.stateDir(state, terminal).resolve("keys").resolve("public.pem");
    KeyRing keys = Keys.ring(file);
    boolean canSign = Files.exists(file.resolveSibling("signing.pem"));
    try (Rows rows =
        new Rows(
            terminal.out(),
            output.format(),
            List.of("keyId", "fingerprint", "signingKey", "file"))) {
      for (String id : keys.keyIds()) {
        VerifyingKey key = keys.find(id).orElseThrow();
        rows.add(
            JsonNodeFactory.instance
                .objectNode()
                .put("keyId", id)
                .put("fingerprint", key.fingerprint())
                .put("signingKey", canSign)
                .put("file", file.toString()));
      }
    }
    return ExitCode.OK;
  }
}
