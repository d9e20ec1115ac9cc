package io.knhk.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "up",
    description = {
      "Starts Kafka, PostgreSQL and Flink in this process, submits the jobs, replays data and"
          + " shows the loop, until Ctrl-C.",
      "A second up on the same state goes on where the first stopped."
    },
    footer = {
      "",
      "Examples:",
      "  knhk up",
      "  knhk up --once --json --data ./my-data --export receipts.dsse",
      "  knhk up --webhook https://hooks.example/knhk --webhook-secret-file webhook.secret",
      "  knhk up --no-flink"
    })
final class UpCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final UpOptions options = new UpOptions();

  UpCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    return new UpRun(terminal, options).run();
  }
}
