package io.knhk.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;

@Command(
    name = "completion",
    description = "Writes a completion script for bash and zsh.",
    footer = {"", "Example:", "  source <(knhk completion)"})
final class CompletionCommand implements Callable<Integer> {
  private final Terminal terminal;

  CompletionCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    CommandLine all = Knhk.commandLine(terminal);
    terminal.out().print(AutoComplete.bash("knhk", all));
    terminal.out().flush();
    return ExitCode.OK;
  }
}
