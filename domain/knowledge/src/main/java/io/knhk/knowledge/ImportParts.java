package io.knhk.knowledge;

import io.knhk.schemas.control.ControlContent;
import io.knhk.schemas.control.ControlContent.ImportOntology;
import io.knhk.schemas.control.ControlContent.ImportPart;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Cuts sorted lines into parts that fit in control messages, and puts them together again. Parts
 * come from outside: each is inflated up to a limit, and what comes out is held to the request.
 */
final class ImportParts {
  /** Parts of one import. */
  static final int PARTS_MAX = 1_024;

  /** Bytes of one part once inflated. */
  static final int INFLATED_MAX = 4 * 1024 * 1024;

  private static final int CUT_AT = 3 * 1024 * 1024;

  private ImportParts() {}

  /** SHA-256 of the lines, each with a line feed. */
  static String importId(Collection<String> lines) {
    MessageDigest digest = Sha256.digest();
    for (String line : lines) {
      digest.update(Sha256.utf8(line));
      digest.update((byte) '\n');
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  static List<byte[]> of(Collection<String> lines) {
    List<byte[]> parts = new ArrayList<>();
    List<byte[]> open = new ArrayList<>();
    int bytes = 0;
    for (String line : lines) {
      byte[] next = Sha256.utf8(line + "\n");
      if (bytes + next.length > CUT_AT) {
        cut(open, parts);
        open = new ArrayList<>();
        bytes = 0;
      }
      open.add(next);
      bytes += next.length;
    }
    if (!open.isEmpty()) {
      cut(open, parts);
    }
    return parts;
  }

  /** One part, or, where that would be too large, those of both halves. One line always fits. */
  private static void cut(List<byte[]> lines, List<byte[]> parts) {
    byte[] part = gzip(lines);
    if (part.length <= ControlContent.RDF_BYTES_MAX || lines.size() == 1) {
      parts.add(part);
    } else {
      int half = lines.size() / 2;
      cut(lines.subList(0, half), parts);
      cut(lines.subList(half, lines.size()), parts);
    }
  }

  private static byte[] gzip(List<byte[]> lines) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      for (byte[] line : lines) {
        gzip.write(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** The lines of all parts. */
  static List<String> assemble(ImportOntology request, Collection<ImportPart> parts)
      throws RefusedException {
    List<String> lines = new ArrayList<>();
    MessageDigest digest = Sha256.digest();
    long bytes = 0;
    for (ImportPart part : ordered(request, parts)) {
      byte[] inflated = inflate(part.lines());
      bytes += inflated.length;
      if (bytes > OntologyImport.BYTES_MAX) {
        throw RefusedException.limit(
            RefusalReason.TOO_LARGE, "a bounded import", "bytes", bytes, OntologyImport.BYTES_MAX);
      }
      digest.update(inflated);
      split(inflated, lines);
    }
    String importId = HexFormat.of().formatHex(digest.digest());
    if (!importId.equals(request.importId())) {
      throw refused("the lines that the request names: importId=" + importId);
    }
    if (lines.size() != request.triples()) {
      throw refused("as many triples as the request names: triples=" + lines.size());
    }
    return List.copyOf(lines);
  }

  private static List<ImportPart> ordered(ImportOntology request, Collection<ImportPart> parts)
      throws RefusedException {
    if (request.parts() < 1 || request.parts() > PARTS_MAX || parts.size() != request.parts()) {
      throw refused(
          "all parts, at most "
              + PARTS_MAX
              + ": parts="
              + parts.size()
              + ", named="
              + request.parts());
    }
    ImportPart[] ordered = new ImportPart[request.parts()];
    for (ImportPart part : parts) {
      boolean fits =
          part.importId().equals(request.importId())
              && part.parts() == request.parts()
              && part.index() >= 0
              && part.index() < ordered.length
              && ordered[part.index()] == null;
      if (!fits) {
        throw refused("each part once: index=" + part.index());
      }
      ordered[part.index()] = part;
    }
    return List.of(ordered);
  }

  private static byte[] inflate(byte[] part) throws RefusedException {
    if (part.length > ControlContent.RDF_BYTES_MAX) {
      throw RefusedException.limit(
          RefusalReason.TOO_LARGE,
          "a bounded part",
          "bytes",
          part.length,
          ControlContent.RDF_BYTES_MAX);
    }
    try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(part))) {
      byte[] inflated = gzip.readNBytes(INFLATED_MAX + 1);
      if (inflated.length > INFLATED_MAX) {
        throw RefusedException.limit(
            RefusalReason.TOO_LARGE,
            "a part that inflates to a bounded size",
            "bytes",
            inflated.length,
            INFLATED_MAX);
      }
      return inflated;
    } catch (IOException e) {
      throw refused("gzip: " + e.getMessage());
    }
  }

  private static void split(byte[] inflated, List<String> lines) throws RefusedException {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(inflated)).toString();
    } catch (CharacterCodingException e) {
      throw refused("UTF-8");
    }
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start);
      if (end < 0) {
        throw refused("a line feed behind each line");
      }
      String line = text.substring(start, end);
      if (!lines.isEmpty() && lines.get(lines.size() - 1).compareTo(line) >= 0) {
        throw refused("sorted lines, each once: line=" + line);
      }
      if (lines.size() == Snapshot.TRIPLES_MAX) {
        throw RefusedException.limit(
            RefusalReason.TOO_MANY_TRIPLES,
            "a bounded import",
            "triples",
            lines.size() + 1L,
            Snapshot.TRIPLES_MAX);
      }
      RdfReader.checkWritten(line);
      lines.add(line);
      start = end + 1;
    }
  }

  private static RefusedException refused(String rule) {
    return new RefusedException(RefusalReason.PARTS, "expected " + rule);
  }
}
