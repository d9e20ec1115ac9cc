package io.knhk.cli.knowledge;

import io.knhk.cli.CliError;
import io.knhk.cli.CliException;
import io.knhk.schemas.Sectors;
import io.knhk.schemas.control.ControlContent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Checks what a person gave on the command line, before anything is asked or sent. */
public final class Given {
  private static final String NAME = "[a-z0-9][a-z0-9._@-]{0,63}";

  private Given() {}

  /** One of {@link Sectors#ALL}. */
  public static String sector(String sector) {
    if (!Sectors.isKnown(sector)) {
      throw CliError.USAGE.because(
          "expected a known sector: --sector=" + sector + ", known=" + Sectors.ALL,
          "Give one of these.");
    }
    return sector;
  }

  /** As {@link #sector}; null is all of them. */
  public static @Nullable String sectorOrAll(@Nullable String sector) {
    return sector == null ? null : sector(sector);
  }

  /** A sentence: not blank, at most {@link ControlContent#TEXT_CHARS_MAX} characters. */
  public static String text(String option, String text) {
    if (text.isBlank() || text.length() > ControlContent.TEXT_CHARS_MAX) {
      throw CliError.USAGE.because(
          "expected a text: "
              + option
              + ", characters="
              + text.length()
              + ", limit=1.."
              + ControlContent.TEXT_CHARS_MAX,
          "Say it in a sentence.");
    }
    return text;
  }

  /** A person's name. */
  public static String person(String option, String name) {
    if (!name.matches(NAME)) {
      throw CliError.USAGE.because(
          "expected a name of 1 to 64 characters of a-z, 0-9 and . _ @ -: " + option + "=" + name,
          "Give it in lower case, for example anna.svensson.");
    }
    return name;
  }

  /** A file of text; empty where none was given. */
  public static String file(@Nullable Path file, int bytesMax) {
    if (file == null) {
      return "";
    }
    byte[] bytes = bytes(file, bytesMax);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw CliError.BAD_RDF.because(
          "expected UTF-8: file=" + file, "Save it as UTF-8 and run this again.", e);
    }
  }

  /** A file's bytes. */
  public static byte[] bytes(Path file, int bytesMax) {
    try {
      long size = Files.size(file);
      if (size > bytesMax) {
        throw CliError.BAD_MESSAGE.because(
            "expected a bounded file: file=" + file + ", bytes=" + size + ", limit=" + bytesMax,
            "Nothing was sent. knhk ontology import takes RDF of up to 16 MiB a file.");
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  static CliException unreadable(Path file, IOException e) {
    return CliError.FILE_UNREADABLE.because(
        "expected a file that can be read: file=" + file + ", problem=" + e, "Name another.", e);
  }
}
