package io.knhk.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.knhk.cli.doctor.Finding.Result;
import io.knhk.ledger.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyChecksTest {
  @TempDir private Path folder;
  private Path signing;
  private Path trusted;
  private SigningKey key;

  @BeforeEach
  void prepare() throws IOException {
    key = SigningKey.generate(new SecureRandom());
    signing = mode(Files.writeString(folder.resolve("signing.pem"), key.toPem()), "rw-------");
    trusted =
        mode(Files.writeString(folder.resolve("public.pem"), key.publicKey().toPem()), "rw-r--r--");
  }

  @Test
  void shouldFindNothingWhenKeysAreAPair() {
    assertThat(check()).extracting(Finding::result).containsOnly(Result.OK);
    assertThat(check())
        .extracting(Finding::check)
        .containsExactly("trusted keys", "signing key", "key pair");
  }

  @Test
  void shouldGiveCommandWhenOthersCanReadOrWrite() throws IOException {
    mode(signing, "rw-r--r--");
    mode(trusted, "rw-rw-r--");

    assertThat(check())
        .extracting(Finding::result, Finding::next)
        .containsExactly(
            tuple(Result.FAILED, "chmod go-w " + trusted),
            tuple(Result.FAILED, "chmod 600 " + signing));
  }

  @Test
  void shouldFailWhenPublicHalfIsNotTrusted() throws IOException {
    Files.writeString(trusted, SigningKey.generate(new SecureRandom()).publicKey().toPem());

    assertThat(check().get(2))
        .extracting(Finding::check, Finding::result, Finding::next)
        .containsExactly(
            "key pair", Result.FAILED, "openssl pkey -in " + signing + " -pubout >> " + trusted);
  }

  @Test
  void shouldFailWhenAFileIsNoKeyOrNotThere() throws IOException {
    Files.writeString(signing, "not a key");
    Files.writeString(trusted, "not a key");
    assertThat(check()).extracting(Finding::result).containsOnly(Result.FAILED);
    Files.delete(signing);
    Files.delete(trusted);
    assertThat(check()).extracting(Finding::result).containsOnly(Result.FAILED);
  }

  @Test
  void shouldNeverShowASecret() throws IOException {
    mode(signing, "rw-r--r--");

    assertThat(check().toString()).doesNotContain(key.toPem().lines().toList().get(1));
  }

  @Test
  void shouldFailWhenOthersCanReadPassword() throws IOException {
    Path password = mode(Files.writeString(folder.resolve("pw"), "hunter2"), "rw-r-----");
    Findings findings = new Findings();
    KeyChecks.checkPassword(password, findings);
    KeyChecks.checkPassword(folder.resolve("elsewhere"), findings);

    assertThat(findings.all())
        .extracting(Finding::result)
        .containsExactly(Result.FAILED, Result.SKIPPED);
    assertThat(findings.all().toString()).contains("chmod 600").doesNotContain("hunter2");
  }

  private List<Finding> check() {
    Findings findings = new Findings();
    KeyChecks.check(signing, trusted, findings);
    return findings.all();
  }

  private static Path mode(Path file, String mode) throws IOException {
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }
}
