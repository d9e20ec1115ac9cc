package io.knhk.operators.types;

/** Subjects of a sector are spread over lanes, so that one sector can use several subtasks. */
public final class Lanes {
  public static final int COUNT = 8;

  private Lanes() {}

  /**
   * The lane of a subject: the top three bits of its {@link String#hashCode} times 2^32 / golden
   * ratio.
   */
  public static int of(String subject) {
    return (subject.hashCode() * 0x9E3779B9) >>> 29;
  }
}
