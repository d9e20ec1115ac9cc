package io.knhk.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knhk.schemas.observation.ObservationLimits;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One CloudEvent a line, sent byte for byte; empty lines are left out. One that names another
 * sector is refused before anything is sent; one that is wrong in another way is sent, for the loop
 * to reject.
 */
final class NdjsonPublishFile implements PublishFile {
  /**
   * A line beyond this could not be sent; one beyond the limit of an observation is sent and
   * rejected.
   */
  static final int LINE_BYTES_MAX = 8 * ObservationLimits.BYTES_MAX;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final long count;

  private NdjsonPublishFile(Path file, long count) {
    this.file = file;
    this.count = count;
  }

  static NdjsonPublishFile scan(Path file, String sector) throws IOException {
    long count = 0;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      for (byte[] line = readLine(in, file); line != null; line = readLine(in, file)) {
        count++;
        String named = text(line, "sector");
        if (named != null && !named.equals(sector)) {
          throw CliError.BAD_INPUT_FILE.because(
              "expected events of one sector: file="
                  + file
                  + ", event="
                  + count
                  + ", sector="
                  + named
                  + ", --sector="
                  + sector,
              "Publish each sector's events by themselves. Nothing was sent.");
        }
      }
    }
    return new NdjsonPublishFile(file, count);
  }

  @Override
  public long count() {
    return count;
  }

  @Override
  public Records open() throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file));
    return new Records() {
      @Override
      public @Nullable Message next() throws IOException {
        byte[] line = readLine(in, file);
        if (line == null) {
          return null;
        }
        String key = text(line, "partitionkey");
        String source = key == null ? text(line, "source") : key;
        return new Message(source == null ? null : source.getBytes(StandardCharsets.UTF_8), line);
      }

      @Override
      public void close() throws IOException {
        in.close();
      }
    };
  }

  private static @Nullable String text(byte[] line, String member) {
    try {
      JsonNode value = JSON.readTree(line).path(member);
      return value.isTextual() ? value.textValue() : null;
    } catch (IOException e) {
      return null;
    }
  }

  private static byte @Nullable [] readLine(InputStream in, Path file) throws IOException {
    while (true) {
      int next = in.read();
      if (next < 0) {
        return null;
      }
      ByteArrayOutputStream line = new ByteArrayOutputStream(512);
      while (next >= 0 && next != '\n') {
        if (next != '\r') {
          line.write(next);
        }
        if (line.size() > LINE_BYTES_MAX) {
          throw new IOException(
              "expected shorter lines: file=" + file + ", limit=" + LINE_BYTES_MAX);
        }
        next = in.read();
      }
      if (line.size() > 0) {
        return line.toByteArray();
      }
    }
  }
}
