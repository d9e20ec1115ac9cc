package io.knhk.cli.doctor;

/**
 * What one check came to.
 *
 * @param check what was looked at
 * @param detail what was found and, where that is wrong, what was wanted
 * @param next what mends it, to be pasted into a shell, a database or a file; empty where nothing
 *     has to be mended
 */
public record Finding(String check, Result result, String detail, String next) {
  /** How bad it is. */
  public enum Result {
    OK("ok"),
    /** It works, and will hurt on a bad day. */
    WARNING("WARNING"),
    /** The jobs do not run like this, or evidence can be lost or forged. */
    FAILED("FAILED"),
    /** Nobody said where it is, or it does not apply. */
    SKIPPED("skipped");

    private final String word;

    Result(String word) {
      this.word = word;
    }

    /** As it is shown. */
    public String word() {
      return word;
    }
  }
}
