package io.knhk.embedded.savepoint;

import io.knhk.ledger.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A key that is committed for everybody to see, and signs nothing but fixtures.
 *
 * @param file the secret, which anybody may read
 */
record TestKey(Path file) {
  SigningKey read() throws Exception {
    return SigningKey.fromPem(Files.readString(file));
  }

  /** Makes it the key pair of a state folder. */
  void putInto(Path keys) throws Exception {
    Path signing = keys.resolve("signing.pem");
    Files.createFile(
        signing,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(signing, Files.readString(file));
    Files.writeString(keys.resolve("public.pem"), read().publicKey().toPem());
  }

  /** Writes a new key where there is none. */
  static TestKey create(Path file, SigningKey key) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, key.toPem());
    return new TestKey(file);
  }
}
