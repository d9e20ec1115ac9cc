package io.knhk.cli.govern;

/** Ids as people read them. */
final class Ids {
  /** Digits that tell the ids of a screen apart. */
  static final int BRIEF_DIGITS = 12;

  private Ids() {}

  static String brief(String id) {
    return id.length() <= BRIEF_DIGITS ? id : id.substring(0, BRIEF_DIGITS);
  }
}
