package io.knhk.cli.doctor;

import io.knhk.cli.doctor.Finding.Result;
import java.util.ArrayList;
import java.util.List;

/** Collects findings in the order in which they were made. For one thread. */
public final class Findings {
  private final List<Finding> all = new ArrayList<>();

  public void ok(String check, String detail) {
    all.add(new Finding(check, Result.OK, detail, ""));
  }

  public void warning(String check, String detail, String next) {
    all.add(new Finding(check, Result.WARNING, detail, next));
  }

  public void failed(String check, String detail, String next) {
    all.add(new Finding(check, Result.FAILED, detail, next));
  }

  public void skipped(String check, String detail) {
    all.add(new Finding(check, Result.SKIPPED, detail, ""));
  }

  /** Ok or failed. */
  public void require(boolean holds, String check, String detail, String next) {
    all.add(new Finding(check, holds ? Result.OK : Result.FAILED, detail, holds ? "" : next));
  }

  /** Ok or a warning. */
  public void advise(boolean holds, String check, String detail, String next) {
    all.add(new Finding(check, holds ? Result.OK : Result.WARNING, detail, holds ? "" : next));
  }

  public boolean anyFailed() {
    return all.stream().anyMatch(finding -> finding.result() == Result.FAILED);
  }

  /** A copy. */
  public List<Finding> all() {
    return List.copyOf(all);
  }
}
