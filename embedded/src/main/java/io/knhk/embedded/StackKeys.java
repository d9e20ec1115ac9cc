package io.knhk.embedded;

import io.knhk.ledger.LedgerFormatException;
import io.knhk.ledger.SigningKey;
import io.knhk.ledger.VerifyingKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * The ledger's key pair in a state folder: {@code keys/signing.pem} (PKCS#8, mode 600) and {@code
 * keys/public.pem}.
 *
 * @param signingFile the secret
 * @param publicFile what to verify with
 * @param fingerprint {@code SHA256:..} of the public key
 */
public record StackKeys(Path signingFile, Path publicFile, String fingerprint) {

  /**
   * The pair of the folder; a new folder gets a new pair.
   *
   * @throws StackException when one of the two files is missing or they do not belong together:
   *     receipts that were signed with a lost key must not be followed by ones of a key that nobody
   *     chose
   */
  public static StackKeys open(Path folder) {
    Path signing = folder.resolve("signing.pem");
    Path verifying = folder.resolve("public.pem");
    try {
      if (!Files.exists(signing) && !Files.exists(verifying)) {
        SigningKey key = SigningKey.generate(new SecureRandom());
        SecretFiles.write(signing, key.toPem());
        Files.writeString(verifying, key.publicKey().toPem(), StandardCharsets.US_ASCII);
      }
      if (!Files.exists(signing) || !Files.exists(verifying)) {
        Path missing = Files.exists(signing) ? verifying : signing;
        throw new StackException(
            StackException.KEY_MISSING,
            "expected the ledger's key pair: missing="
                + missing
                + ". Bring the file back, or start anew with knhk reset.");
      }
      SigningKey key = SigningKey.fromPem(signing);
      if (!VerifyingKey.fromPem(verifying).keyId().equals(key.publicKey().keyId())) {
        throw new StackException(
            StackException.KEY_MISSING,
            "expected the two keys to be a pair: signing="
                + signing
                + ", public="
                + verifying
                + ". Bring back the files that belong together.");
      }
      return new StackKeys(signing, verifying, key.publicKey().fingerprint());
    } catch (IOException | LedgerFormatException e) {
      throw new StackException(
          StackException.KEY_MISSING,
          "expected the ledger's keys: folder=" + folder + ", problem=" + e.getMessage() + ".",
          e);
    }
  }
}
