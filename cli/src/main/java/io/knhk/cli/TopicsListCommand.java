package io.knhk.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.knhk.cli.doctor.TopicState;
import io.knhk.schemas.TopicLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "list",
    description =
        "Lists the topics of the loop and the settings that matter. What is not as the jobs need"
            + " it, knhk doctor --cluster says.",
    footer = {"", "Example:", "  knhk topics list --bootstrap-server HOST:9092"})
final class TopicsListCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final ConnectionOptions connection = new ConnectionOptions();

  TopicsListCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    ResolvedEndpoints endpoints = EndpointResolver.resolve(connection, terminal);
    Map<String, TopicState> states;
    try (Admin admin = KafkaClients.admin(endpoints, Map.of())) {
      states = TopicState.read(admin);
    } catch (KafkaException e) {
      throw KafkaClients.unreachable(endpoints, e);
    }
    List<String> missing = new ArrayList<>();
    try (Rows rows =
        new Rows(
            terminal.out(),
            output.format(),
            List.of(
                "topic",
                "partitions",
                "copies",
                "minInSync",
                "timestamps",
                "kept",
                "maxMessageBytes"))) {
      for (TopicLayout layout : TopicLayout.all()) {
        TopicState state = states.get(layout.name());
        if (state == null) {
          missing.add(layout.name());
        } else {
          row(rows, state);
        }
      }
    }
    if (!missing.isEmpty()) {
      terminal.note("Missing: " + missing + ". knhk topics create makes them.");
    }
    return ExitCode.OK;
  }

  private static void row(Rows rows, TopicState state) {
    rows.add(
        JsonNodeFactory.instance
            .objectNode()
            .put("topic", state.name())
            .put("partitions", state.partitions())
            .put("copies", state.copies())
            .put("minInSync", state.setting("min.insync.replicas"))
            .put("timestamps", state.setting(TopicLayout.TIMESTAMP_TYPE))
            .put("kept", state.kept())
            .put("maxMessageBytes", state.setting(TopicLayout.MAX_MESSAGE_BYTES))
            .put("cleanupPolicy", state.setting(TopicLayout.CLEANUP_POLICY))
            .put("retentionMs", state.setting(TopicLayout.RETENTION_MS))
            .put("retentionBytes", state.setting(TopicLayout.RETENTION_BYTES)));
  }
}
