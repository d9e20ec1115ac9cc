package io.knhk.cli;

/** Counts what is listed, so that nothing is left out without a word. */
final class Shown {
  private final int limit;
  private final Terminal terminal;
  private int count;

  Shown(int limit, Terminal terminal) {
    this.limit = limit;
    this.terminal = terminal;
  }

  /** True for the first {@code limit} calls. */
  boolean admits() {
    count++;
    return count <= limit;
  }

  void sayIfCut() {
    if (count > limit) {
      terminal.note("There are more: the first " + limit + " are shown. Give a larger --limit.");
    }
  }
}
