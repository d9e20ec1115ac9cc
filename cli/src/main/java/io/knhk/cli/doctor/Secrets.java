package io.knhk.cli.doctor;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Finds options whose value looks like a secret. Names them, and never shows a value. */
final class Secrets {
  /** As Flink shows what it masks. */
  private static final String MASKED = "******";

  private static final List<String> SECRET_NAMES =
      List.of("password", "passwd", "passphrase", "secret", "private-key", "private.key", "apikey");

  /** Endings of names whose value is where a secret is, or what kind it is, and not the secret. */
  private static final List<String> REFERENCES =
      List.of("file", "location", "path", "dir", "type", "class", "provider", "enabled");

  /**
   * A PEM block, a name of a secret with a value that is neither masked nor a reference to a file,
   * or a URL with a password.
   */
  private static final Pattern SECRET_VALUE =
      Pattern.compile(
          "-----BEGIN|(?i:passw(?:or)?d|passphrase|secret|ssl\\.keystore\\.key)[\"']*\\s*[:=]\\s*[\"']*(?!\\$\\{|\\*)[^\\s\"',;]"
              + "|://[^/\\s:@]+:(?!\\$\\{|\\*)[^/\\s@]+@");

  private Secrets() {}

  /** Names of the options, in order. */
  static List<String> in(Map<String, String> options) {
    return options.entrySet().stream()
        .filter(option -> isSecret(option.getKey(), option.getValue()))
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  private static boolean isSecret(String name, String value) {
    if (value.isBlank() || value.equals(MASKED)) {
      return false;
    }
    String lower = name.toLowerCase(Locale.ROOT);
    boolean named =
        SECRET_NAMES.stream().anyMatch(lower::contains)
            && REFERENCES.stream().noneMatch(lower::endsWith)
            && !value.startsWith("${");
    return named || SECRET_VALUE.matcher(value).find();
  }
}
