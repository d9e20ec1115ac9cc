package io.knhk.flinkconf;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What must be nowhere but in its own file, and where it is found all the same. */
final class Secrets {
  private static final int SEED_BYTES = 32;
  private static final int BLOCK_BYTES = 1 << 20;

  private final Map<String, byte[]> needles = new LinkedHashMap<>();
  private final Set<String> found = new TreeSet<>();
  private long bytes;
  private int places;

  /** The signing key, in each form that it could be written in, and the passwords. */
  static Secrets of(Site site) throws IOException {
    Secrets secrets = new Secrets();
    secrets.add("a private key in PEM", "PRIVATE KEY-----");
    String body =
        Files.readString(site.keys().signingFile()).replaceAll("-----[A-Z ]+-----|\\s", "");
    byte[] der = Base64.getDecoder().decode(body);
    byte[] seed = Arrays.copyOfRange(der, der.length - SEED_BYTES, der.length);
    secrets.add("the signing key in base64", body);
    secrets.add("the signing key's seed in base64", Base64.getEncoder().encodeToString(seed));
    secrets.add("the signing key's seed in hex", HexFormat.of().formatHex(seed));
    secrets.needles.put("the signing key's seed", seed);
    Postgresql postgresql = site.postgresql();
    secrets.add("PostgreSQL's password of the writer", postgresql.writer().password());
    secrets.add("PostgreSQL's password of the owner", postgresql.owner().password());
    return secrets;
  }

  /** Looks at one thing. */
  void scan(String place, byte[] content) {
    places++;
    bytes += content.length;
    needles.forEach(
        (what, needle) -> {
          if (indexOf(content, needle) >= 0) {
            found.add(what + " in " + place);
          }
        });
  }

  /** Looks at every file below a folder. */
  void scanFiles(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      scanFile(file);
    }
  }

  /** What was found where; empty is good. */
  List<String> found() {
    return new ArrayList<>(found);
  }

  /** How much was looked at, for the report. */
  String extent() {
    return places + " places, " + bytes / 1024 + " KiB";
  }

  private void scanFile(Path file) throws IOException {
    int overlap = needles.values().stream().mapToInt(needle -> needle.length).max().orElse(0);
    try (InputStream in = Files.newInputStream(file)) {
      byte[] before = new byte[0];
      byte[] block = in.readNBytes(BLOCK_BYTES);
      while (block.length > 0) {
        byte[] both = Arrays.copyOf(before, before.length + block.length);
        System.arraycopy(block, 0, both, before.length, block.length);
        scan(file.toString(), both);
        before = Arrays.copyOfRange(both, Math.max(0, both.length - overlap), both.length);
        block = in.readNBytes(BLOCK_BYTES);
      }
    } catch (NoSuchFileException e) {
      // A checkpoint that was dropped meanwhile.
    }
  }

  private void add(String what, String text) {
    needles.put(what, text.getBytes(StandardCharsets.UTF_8));
  }

  private static int indexOf(byte[] in, byte[] what) {
    outer:
    for (int i = 0; i <= in.length - what.length; i++) {
      for (int j = 0; j < what.length; j++) {
        if (in[i + j] != what[j]) {
          continue outer;
        }
      }
      return i;
    }
    return -1;
  }
}
