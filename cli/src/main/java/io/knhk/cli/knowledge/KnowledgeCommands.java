package io.knhk.cli.knowledge;

import io.knhk.cli.Terminal;
import java.util.List;

/** The commands of this package. */
public final class KnowledgeCommands {
  private KnowledgeCommands() {}

  /** Verbs of {@code snapshots}. */
  public static List<Object> snapshots(Terminal terminal) {
    return List.of(new SnapshotsGetCommand(terminal), new SnapshotsDiffCommand(terminal));
  }
}
