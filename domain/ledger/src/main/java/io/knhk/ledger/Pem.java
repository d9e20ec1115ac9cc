package io.knhk.ledger;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Textual encoding of keys, RFC 7468, strictly: blocks of one label, and between them only empty
 * lines and comments that start with #. Messages never hold what is in a block.
 */
final class Pem {
  /** Most bytes of a file. */
  static final int FILE_BYTES_MAX = 64 * 1024;

  private static final int LINE_CHARS = 64;

  private Pem() {}

  static String read(Path file) throws IOException, LedgerFormatException {
    long bytes = Files.size(file);
    if (bytes > FILE_BYTES_MAX) {
      throw new LedgerFormatException(
          "expected a PEM file within the limit: path="
              + file
              + ", bytes="
              + bytes
              + ", limit="
              + FILE_BYTES_MAX);
    }
    return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
  }

  /** The contents of every block. */
  static List<byte[]> decode(String label, String text) throws LedgerFormatException {
    String begin = "-----BEGIN " + label + "-----";
    String end = "-----END " + label + "-----";
    List<byte[]> blocks = new ArrayList<>();
    StringBuilder base64 = new StringBuilder();
    boolean inside = false;
    int number = 0;
    for (String raw : text.lines().toList()) {
      number++;
      String line = raw.strip();
      if (inside && line.equals(end)) {
        blocks.add(base64(base64.toString(), number));
        inside = false;
      } else if (inside) {
        base64.append(line);
      } else if (line.equals(begin)) {
        base64.setLength(0);
        inside = true;
      } else if (!line.isEmpty() && !line.startsWith("#")) {
        throw new LedgerFormatException("expected " + begin + ": line=" + number);
      }
    }
    if (inside) {
      throw new LedgerFormatException("expected " + end + ": line=" + (number + 1));
    }
    return blocks;
  }

  /** The content of the only block. */
  static byte[] decodeOne(String label, String text) throws LedgerFormatException {
    List<byte[]> blocks = decode(label, text);
    if (blocks.size() != 1) {
      throw new LedgerFormatException(
          "expected one PEM block: label=" + label + ", blocks=" + blocks.size());
    }
    return blocks.get(0);
  }

  static String encode(String label, byte[] der) {
    String base64 = Base64.getMimeEncoder(LINE_CHARS, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
  }

  /** The 32 bytes behind the one prefix that DER has for them. */
  static byte[] strip(byte[] der, byte[] prefix, String rule) throws LedgerFormatException {
    int bytes = prefix.length + 32;
    if (der.length != bytes || !Arrays.equals(der, 0, prefix.length, prefix, 0, prefix.length)) {
      throw new LedgerFormatException(
          "expected " + rule + ": bytes=" + der.length + ", limit=" + bytes);
    }
    return Arrays.copyOfRange(der, prefix.length, bytes);
  }

  private static byte[] base64(String text, int line) throws LedgerFormatException {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      // Without the cause: its message shows a character of what may be a secret.
      throw new LedgerFormatException("expected base64 in the PEM block: endLine=" + line);
    }
  }
}
