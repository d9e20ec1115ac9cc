package io.knhk.cli;

/** Counts what is listed, so that nothing is left out without a word. */
public final class Shown {
  private final int limit;
  private final Terminal terminal;
  private int count;

  public Shown(int limit, Terminal terminal) {
    this.limit = limit;
    this.terminal = terminal;
  }

  /** True for the first {@code limit} calls. */
  public boolean admits() {
    count++;
    return count <= limit;
  }

  public void sayIfCut() {
    if (count > limit) {
      terminal.note("There are more: the first " + limit + " are shown. Give a larger --limit.");
    }
  }
}
