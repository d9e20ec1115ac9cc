package io.knhk.cli.govern;

import io.knhk.cli.CliError;
import io.knhk.cli.ResolvedEndpoints;
import io.knhk.cli.Terminal;
import io.knhk.embedded.DemonstrationApprovers;
import io.knhk.ledger.LedgerFormatException;
import io.knhk.ledger.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Finds and reads the private key that a person signs with. */
final class SigningKeys {
  private static final String NAME = "[a-z0-9][a-z0-9._@-]{0,63}";

  private SigningKeys() {}

  /**
   * The key of a file; else of a demonstration approver; else of KNHK_SIGNING_KEY or a profile.
   *
   * @throws io.knhk.cli.CliException if there is none, or it cannot be used
   */
  static SigningKey read(
      @Nullable Path named,
      @Nullable String demonstration,
      ResolvedEndpoints endpoints,
      Terminal terminal) {
    Path file = named != null ? named : endpoints.signingKey();
    if (demonstration != null) {
      if (named != null || !demonstration.matches(NAME)) {
        throw CliError.USAGE.because(
            "expected one signer: --as-demonstration=" + demonstration,
            "Give --signing-key, or --as-demonstration alice, bob, carol or dana.");
      }
      file = demonstrationKey(endpoints, demonstration);
      terminal.note(
          "Signing as "
              + demonstration
              + " with a demonstration key, which everybody who reads "
              + file.getParent()
              + " has. Receipts say so.");
    }
    if (file == null) {
      throw CliError.NO_SIGNING_KEY.because(
          "expected a key to sign with: KNHK_SIGNING_KEY is not set",
          "Name yours with --signing-key; with a running up, --as-demonstration alice signs with one of its demonstration keys.");
    }
    try {
      return SigningKey.fromPem(file);
    } catch (IOException e) {
      throw CliError.NO_SIGNING_KEY.because(
          "expected a file with a private key: file=" + file + ", problem=" + e,
          "Name another with --signing-key.",
          e);
    } catch (LedgerFormatException e) {
      throw CliError.BAD_KEY.because(
          e.getMessage() + ", file=" + file,
          "openssl genpkey -algorithm ed25519 -out FILE writes one; chmod 600 FILE.",
          e);
    }
  }

  private static Path demonstrationKey(ResolvedEndpoints endpoints, String name) {
    Path file = DemonstrationApprovers.keyFile(endpoints.stateDir().resolve("keys"), name);
    if (endpoints.pid() == null || !Files.exists(file)) {
      throw CliError.NO_SIGNING_KEY.because(
          "expected a running up with this demonstration approver: name=" + name + ", file=" + file,
          "Start ./knhk up, or sign with a key of your own: --signing-key.");
    }
    return file;
  }
}
