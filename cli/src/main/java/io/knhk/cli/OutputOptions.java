package io.knhk.cli;

import picocli.CommandLine.Option;

/** Options of every command that writes data. */
public final class OutputOptions {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "How to write: ${COMPLETION-CANDIDATES}. Default: table.")
  private OutputFormat format = OutputFormat.table;

  @Option(names = "--json", description = "The same as -o json.")
  private boolean json;

  public OutputFormat format() {
    return json ? OutputFormat.json : format;
  }
}
