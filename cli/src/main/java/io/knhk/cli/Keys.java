package io.knhk.cli;

import io.knhk.ledger.KeyRing;
import io.knhk.ledger.LedgerFormatException;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads public keys. */
public final class Keys {
  private Keys() {}

  public static KeyRing ring(@Nullable Path file) {
    if (file == null) {
      throw CliError.NO_PUBLIC_KEY.because(
          "expected a public key to verify with",
          "Name one with --public-key; up keeps its own in .knhk/keys/public.pem.");
    }
    try {
      return KeyRing.fromPem(file);
    } catch (IOException e) {
      throw CliError.NO_PUBLIC_KEY.because(
          "expected a file with a public key: file=" + file + ", problem=" + e,
          "Name another with --public-key.",
          e);
    } catch (LedgerFormatException e) {
      throw CliError.BAD_KEY.because(
          e.getMessage() + ", file=" + file, "knhk keys list shows which files hold keys.", e);
    }
  }
}
