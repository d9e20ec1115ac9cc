package io.knhk.knowledge;

/**
 * What shows why a stage failed, or what it remarks on. Each part is at most {@link #CHARS_MAX}
 * characters, cut off with "...".
 *
 * @param focusNode what was looked at, empty where nothing in particular
 * @param path which of its properties, empty where none in particular
 * @param message what was expected
 * @param source the shape, rule, guard, query or observation that says so, empty where the stage
 *     itself does
 * @param mend what to do about it, for a person; empty where the message says it
 */
public record Witness(String focusNode, String path, String message, String source, String mend) {
  public static final int CHARS_MAX = 512;

  public Witness {
    focusNode = bounded(focusNode);
    path = bounded(path);
    message = bounded(message);
    source = bounded(source);
    mend = bounded(mend);
  }

  public Witness(String focusNode, String path, String message) {
    this(focusNode, path, message, "", "");
  }

  private static String bounded(String text) {
    return text.length() <= CHARS_MAX ? text : text.substring(0, CHARS_MAX - 3) + "...";
  }
}
