package io.knhk.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.cli.doctor.Finding.Result;
import io.knhk.jobs.archive.ArchiveOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobFileTest {
  private static final String LOOP =
      """
      knhk.kafka.bootstrap-servers=broker:9092
      knhk.kafka.client-properties=security.protocol:SSL
      knhk.keys.signing-file=/etc/knhk/signing.pem
      knhk.keys.trusted-file=/etc/knhk/public.pem
      """;
  private static final String ARCHIVE =
      """
      knhk.kafka.bootstrap-servers=broker:9092
      knhk.keys.trusted-file=/etc/knhk/public.pem
      knhk.archive.jdbc-url=jdbc:postgresql://db:5432/knhk
      knhk.archive.user=knhk_archive
      knhk.archive.password-file=/etc/knhk/writer.password
      """;

  @TempDir private Path folder;
  private final Findings findings = new Findings();

  @Test
  void shouldReadWhatTheJobReads() throws IOException {
    JobFile loop = read(LOOP).orElseThrow();
    assertThat(loop.kafka())
        .containsEntry("bootstrap.servers", "broker:9092")
        .containsEntry("security.protocol", "SSL");
    assertThat(loop.signingKey()).contains(Path.of("/etc/knhk/signing.pem"));
    JobFile archive = read(ARCHIVE).orElseThrow();
    assertThat(archive.value(ArchiveOptions.JDBC_URL)).contains("jdbc:postgresql://db:5432/knhk");
    assertThat(findings.all()).extracting(Finding::result).containsOnly(Result.OK);
  }

  @Test
  void shouldRefuseAndNotShowWhenASecretIsInIt() throws IOException {
    Optional<JobFile> read = read(ARCHIVE + "knhk.archive.password=hunter2\n");

    assertThat(read).isEmpty();
    assertThat(findings.anyFailed()).isTrue();
    assertThat(findings.all().toString())
        .contains("knhk.archive.password")
        .doesNotContain("hunter2");
  }

  @Test
  void shouldSayWhichOptionWhenOneIsMissingOrWrong() throws IOException {
    read(LOOP.replace("knhk.keys.signing-file", "knhk.keys.singing-file"));
    assertThat(findings.all().get(0).detail()).contains("knhk.keys.signing-file");
    read(LOOP + "knhk.execute.evolution=bakery:evolve\n");
    assertThat(findings.all().get(1).detail()).contains("knhk.execute.evolution=bakery");
    JobFile.read(folder.resolve("none"), findings);
    assertThat(findings.all()).extracting(Finding::result).containsOnly(Result.FAILED);
  }

  private Optional<JobFile> read(String text) throws IOException {
    return JobFile.read(Files.writeString(folder.resolve("job.properties"), text), findings);
  }
}
