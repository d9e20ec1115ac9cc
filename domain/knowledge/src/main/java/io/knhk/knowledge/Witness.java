package io.knhk.knowledge;

/**
 * A place in the shadow graph that shows why a stage failed. Each part is at most {@link
 * #CHARS_MAX} characters, cut off with "...".
 *
 * @param focusNode what was looked at, empty where nothing in particular
 * @param path which of its properties, empty where none in particular
 * @param message what was expected
 */
public record Witness(String focusNode, String path, String message) {
  public static final int CHARS_MAX = 512;

  public Witness {
    focusNode = bounded(focusNode);
    path = bounded(path);
    message = bounded(message);
  }

  private static String bounded(String text) {
    return text.length() <= CHARS_MAX ? text : text.substring(0, CHARS_MAX - 3) + "...";
  }
}
