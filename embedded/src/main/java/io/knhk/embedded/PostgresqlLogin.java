package io.knhk.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * A user of the database and the file, readable by its owner alone, that holds the password.
 *
 * @param user name in PostgreSQL
 * @param passwordFile one line
 */
public record PostgresqlLogin(String user, Path passwordFile) {
  private static final int PASSWORD_BYTES = 24;

  /**
   * Reads the password from its file.
   *
   * @throws StackException when the file cannot be read
   */
  public String password() {
    try {
      return Files.readString(passwordFile, StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new StackException(
          StackException.POSTGRESQL_PASSWORD,
          "expected a file with the password of a PostgreSQL user: user="
              + user
              + ", file="
              + passwordFile
              + ". Bring the file back, or start anew with knhk reset.",
          e);
    }
  }

  /** Makes up a password where there is no file yet. */
  void createPassword(SecureRandom random) throws IOException {
    if (Files.exists(passwordFile)) {
      return;
    }
    byte[] secret = new byte[PASSWORD_BYTES];
    random.nextBytes(secret);
    SecretFiles.write(passwordFile, HexFormat.of().formatHex(secret) + "\n");
  }
}
