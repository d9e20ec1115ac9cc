package io.knhk.operators.execute;

import io.knhk.schemas.knowledge.Delta;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * A delta of many triples as bytes of state: gzip of its lines in UTF-8, each after {@code +} or
 * {@code -} and before a line feed, the removed ones first.
 */
final class BulkDelta {
  private BulkDelta() {}

  static byte[] pack(Delta delta) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      for (String line : delta.removed()) {
        out.write(("-" + line + "\n").getBytes(StandardCharsets.UTF_8));
      }
      for (String line : delta.added()) {
        out.write(("+" + line + "\n").getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static Delta unpack(byte[] packed) {
    List<String> added = new ArrayList<>();
    List<String> removed = new ArrayList<>();
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .forEach(line -> (line.charAt(0) == '+' ? added : removed).add(line.substring(1)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Delta(added, removed);
  }
}
