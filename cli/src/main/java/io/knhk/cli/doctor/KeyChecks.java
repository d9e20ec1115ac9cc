package io.knhk.cli.doctor;

import io.knhk.ledger.KeyRing;
import io.knhk.ledger.LedgerFormatException;
import io.knhk.ledger.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether the files with keys and passwords are as the jobs want them, on this machine. Never shows
 * what is in them.
 */
public final class KeyChecks {
  private static final Set<PosixFilePermission> OTHERS_READ =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);
  private static final Set<PosixFilePermission> OTHERS_WRITE =
      EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

  private KeyChecks() {}

  /**
   * @param signing file with the private key; null where nobody named one
   * @param trusted file with the public keys that count; null where nobody named one
   */
  public static void check(@Nullable Path signing, @Nullable Path trusted, Findings findings) {
    KeyRing ring = trusted == null ? null : checkTrusted(trusted, findings);
    if (trusted == null) {
      findings.skipped("trusted keys", "none was named: --public-key FILE, or --config FILE");
    }
    if (signing == null) {
      findings.skipped("signing key", "none was named: --signing-key FILE, or --config FILE");
      return;
    }
    if (!Files.exists(signing)) {
      findings.failed(
          "signing key",
          "expected the file here and on every TaskManager: file=" + signing,
          "Bring it from the machine that has it, as its owner, mode 600. A new ledger makes one"
              + " with: knhk keys init --out DIR");
      return;
    }
    try {
      SigningKey key = SigningKey.fromPem(signing);
      findings.ok("signing key", key.publicKey().fingerprint() + " " + signing);
      if (ring != null) {
        findings.require(
            ring.find(key.publicKey().keyId()).isPresent(),
            "key pair",
            "public half of "
                + signing
                + (ring.find(key.publicKey().keyId()).isPresent() ? " is in " : " is missing in ")
                + trusted,
            "openssl pkey -in " + signing + " -pubout >> " + trusted);
      }
    } catch (IOException | LedgerFormatException e) {
      findings.failed(
          "signing key",
          String.valueOf(e.getMessage()),
          isOpen(signing, OTHERS_READ)
              ? "chmod 600 " + signing
              : "Bring the file back from a copy; a new ledger makes one with: knhk keys init --out"
                  + " DIR");
    }
  }

  /**
   * @param file which is read on TaskManagers, and may therefore not be here
   */
  public static void checkPassword(Path file, Findings findings) {
    if (!Files.exists(file)) {
      findings.skipped(
          "password file", "not on this machine; every TaskManager needs it: file=" + file);
      return;
    }
    boolean open = isOpen(file, OTHERS_READ);
    findings.require(
        !open && Files.isReadable(file),
        "password file",
        file + (open ? ", others can read it: mode=" + mode(file) + ", limit=rw-------" : ""),
        "chmod 600 " + file);
  }

  private static @Nullable KeyRing checkTrusted(Path trusted, Findings findings) {
    try {
      KeyRing ring = KeyRing.fromPem(trusted);
      boolean open = isOpen(trusted, OTHERS_WRITE);
      findings.require(
          !open,
          "trusted keys",
          "keys="
              + ring.keyIds().size()
              + " "
              + trusted
              + (open ? ", others can add one: mode=" + mode(trusted) : ""),
          "chmod go-w " + trusted);
      return ring;
    } catch (IOException | LedgerFormatException e) {
      findings.failed(
          "trusted keys",
          "expected a PEM file with public keys: file=" + trusted + ", problem=" + e.getMessage(),
          "openssl pkey -in SIGNING.pem -pubout > " + trusted);
      return null;
    }
  }

  private static boolean isOpen(Path file, Set<PosixFilePermission> forbidden) {
    return permissions(file).stream().anyMatch(forbidden::contains);
  }

  private static String mode(Path file) {
    return PosixFilePermissions.toString(permissions(file));
  }

  /** Empty where the file system does not know such things. */
  private static Set<PosixFilePermission> permissions(Path file) {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    try {
      return view == null ? Set.of() : view.readAttributes().permissions();
    } catch (IOException e) {
      return Set.of();
    }
  }
}
