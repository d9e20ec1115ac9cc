package io.knhk.cli.govern;

import io.knhk.cli.ResolvedEndpoints;
import io.knhk.cli.Terminal;
import io.knhk.ledger.SigningKey;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whose key it is: a person's own, or one that a running up wrote for everybody to try. */
final class WhoseKeyOptions {
  @Option(
      names = "--signing-key",
      paramLabel = "FILE",
      description =
          "Your private key, Ed25519 in PEM, readable by you alone. Variable: KNHK_SIGNING_KEY.")
  private @Nullable Path signingKey;

  @Option(
      names = "--as-demonstration",
      paramLabel = "NAME",
      description =
          "Be one of the demonstration people of a running up: alice, bob or carol, who approve, or"
              + " dana, who proposes. What they decide is marked for ever.")
  private @Nullable String demonstration;

  /**
   * Reads the key.
   *
   * @throws io.knhk.cli.CliException if there is none, or it cannot be used
   */
  SigningKey key(ResolvedEndpoints endpoints, Terminal terminal) {
    return SigningKeys.read(signingKey, demonstration, endpoints, terminal);
  }

  /** What the key is called, which everybody may know. */
  String keyId(ResolvedEndpoints endpoints, Terminal terminal) {
    return key(endpoints, terminal).publicKey().keyId();
  }
}
