package io.knhk.cli.govern;

import io.knhk.cli.Terminal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "release",
    description = {
      "Lets go on what was held: by a person, or by the loop after a rejection or a way back."
    },
    footer = {
      "",
      "Examples:",
      "  knhk release --sector finance --promotions --reason 'Books are closed'",
      "  knhk release --sector finance --change 'payment.authorised!value' --reason 'Producer mended'"
    })
final class ReleaseCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final HoldOptions hold = new HoldOptions();
  @Mixin private final SigningOptions signing = new SigningOptions();

  ReleaseCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    return hold.say(true, signing, terminal);
  }
}
