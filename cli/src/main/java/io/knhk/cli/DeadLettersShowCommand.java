package io.knhk.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "show",
    description = "Shows a dead letter: why it was rejected, its headers, and its original bytes.",
    footer = {
      "",
      "Examples:",
      "  knhk deadletters show knhk.observations.v1/2/17",
      "  knhk deadletters show 2/17 --raw > mended.json"
    })
final class DeadLettersShowCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final ConnectionOptions connection = new ConnectionOptions();

  @Option(names = "--raw", description = "Write the original bytes and nothing else.")
  private boolean raw;

  @Parameters(paramLabel = "ID", description = "TOPIC/PARTITION/OFFSET, or PARTITION/OFFSET.")
  private String id = "";

  DeadLettersShowCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    DeadLetterId letterId = DeadLetterId.parse(id);
    ResolvedEndpoints endpoints = EndpointResolver.resolve(connection, terminal);
    StoredDeadLetter letter;
    try (Connection archive = Archive.asAuditor(endpoints)) {
      letter = StoredDeadLetter.find(archive, letterId);
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
    if (raw) {
      terminal.out().write(letter.value() == null ? new byte[0] : letter.value());
      terminal.out().flush();
      return ExitCode.OK;
    }
    ObjectNode json = letter.summary();
    json.set("headers", letter.headersJson());
    byte[] value = letter.value();
    if (value == null) {
      json.putNull("body");
    } else {
      json.put("bytes", value.length);
      try {
        json.put(
            "body", StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString());
      } catch (CharacterCodingException e) {
        json.put("bodyBase64", value);
      }
    }
    Rows.writeOne(terminal.out(), output.format(), json);
    return ExitCode.OK;
  }
}
