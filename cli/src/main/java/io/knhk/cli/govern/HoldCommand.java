package io.knhk.cli.govern;

import io.knhk.cli.Terminal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "hold",
    description = {
      "Stops something in a sector until a person releases it: every promotion, what the loop"
          + " proposes by itself, or one change."
    },
    footer = {
      "",
      "Examples:",
      "  knhk hold --sector finance --promotions --reason 'Year end closing'",
      "  knhk hold --sector finance --change 'payment.authorised#risk_score' --reason 'Under review'"
    })
final class HoldCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final HoldOptions hold = new HoldOptions();
  @Mixin private final SigningOptions signing = new SigningOptions();

  HoldCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    return hold.say(false, signing, terminal);
  }
}
