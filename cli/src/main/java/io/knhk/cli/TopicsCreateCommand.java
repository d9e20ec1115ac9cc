package io.knhk.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.knhk.cli.doctor.Finding;
import io.knhk.cli.doctor.Finding.Result;
import io.knhk.cli.doctor.Findings;
import io.knhk.cli.doctor.TopicChecks;
import io.knhk.cli.doctor.TopicState;
import io.knhk.schemas.TopicLayout;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "create",
    description =
        "Creates the topics that are missing, set up as the jobs need them. Never changes one that"
            + " is there, but says what is not right with it.",
    footer = {
      "",
      "Examples:",
      "  knhk topics create --bootstrap-server HOST:9092 --dry-run",
      "  knhk topics create --bootstrap-server HOST:9092 --partitions 8"
    })
final class TopicsCreateCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final ConnectionOptions connection = new ConnectionOptions();

  @Option(
      names = "--replication-factor",
      paramLabel = "N",
      description =
          "Copies of each topic. Default: 3, or as many as there are brokers. From 3 on two have to"
              + " confirm a record.")
  private @Nullable Short replicationFactor;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      description =
          "Of observations, receipts and dead letters: the largest parallelism that is of use."
              + " Snapshots and control have one. Default: 4.")
  private @Nullable Integer partitions;

  @Option(
      names = "--dry-run",
      description = "Asks the broker whether it would, and creates nothing.")
  private boolean dryRun;

  TopicsCreateCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    checkPositive("--replication-factor", replicationFactor);
    checkPositive("--partitions", partitions);
    ResolvedEndpoints endpoints = EndpointResolver.resolve(connection, terminal);
    try (Admin admin = KafkaClients.admin(endpoints, Map.of())) {
      return create(admin, String.valueOf(endpoints.bootstrapServers()));
    } catch (TimeoutException e) {
      throw KafkaClients.unreachable(endpoints, e);
    } catch (KafkaException e) {
      throw notCreated("topics", e);
    }
  }

  private int create(Admin admin, String servers) throws InterruptedException {
    int brokers = TopicState.brokers(admin);
    short copies =
        replicationFactor != null ? replicationFactor : (short) TopicChecks.copiesFor(brokers);
    Map<String, TopicState> there = TopicState.read(admin);
    Findings findings = new Findings();
    new TopicChecks(servers, brokers, 1, findings).check(there);
    try (Rows rows =
        new Rows(
            terminal.out(),
            output.format(),
            List.of("topic", "result", "partitions", "copies", "detail"))) {
      for (TopicLayout layout : TopicLayout.all()) {
        TopicState state = there.get(layout.name());
        if (state == null) {
          NewTopic topic = create(admin, layout, copies);
          row(
              rows,
              layout,
              dryRun ? "would create" : "created",
              topic.numPartitions(),
              copies,
              text(topic.configs()));
        } else {
          row(rows, layout, "exists", state.partitions(), state.copies(), "not changed");
        }
      }
    }
    return sayWhatDiffers(findings, there);
  }

  private NewTopic create(Admin admin, TopicLayout layout, short copies)
      throws InterruptedException {
    int count = partitions == null || layout.inOnePartition() ? layout.partitions() : partitions;
    NewTopic topic =
        new NewTopic(layout.name(), count, copies)
            .configs(TopicChecks.settingsOfNew(layout, copies));
    try {
      admin
          .createTopics(List.of(topic), new CreateTopicsOptions().validateOnly(dryRun))
          .all()
          .get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw notCreated(layout.name(), e.getCause());
      }
      terminal.note(layout.name() + " was created by somebody else meanwhile");
    }
    return topic;
  }

  private int sayWhatDiffers(Findings findings, Map<String, TopicState> there) {
    List<Finding> wrong =
        findings.all().stream()
            .filter(finding -> !finding.next().isEmpty())
            .filter(finding -> there.keySet().stream().anyMatch(finding.check()::startsWith))
            .toList();
    for (Finding finding : wrong) {
      terminal.note(
          finding.result().word()
              + " "
              + finding.check()
              + ": "
              + finding.detail()
              + "\n  "
              + finding.next());
    }
    if (wrong.stream().anyMatch(finding -> finding.result() == Result.FAILED)) {
      throw CliError.TOPICS_DIFFER.because(
          "expected the topics that are there to be as the jobs need them",
          "Nothing was changed on them; the lines above say what does.");
    }
    return ExitCode.OK;
  }

  private static void row(
      Rows rows, TopicLayout layout, String result, int partitions, int copies, String detail) {
    rows.add(
        JsonNodeFactory.instance
            .objectNode()
            .put("topic", layout.name())
            .put("result", result)
            .put("partitions", partitions)
            .put("copies", copies)
            .put("detail", detail));
  }

  private static String text(Map<String, String> settings) {
    JsonNode tree = new ObjectMapper().valueToTree(settings);
    return Rows.text(tree);
  }

  private static void checkPositive(String option, @Nullable Number value) {
    if (value != null && value.intValue() < 1) {
      throw CliError.USAGE.because(
          "expected 1 or more: " + option + "=" + value, "Run knhk topics create --help.");
    }
  }

  private static CliException notCreated(String topic, @Nullable Throwable cause) {
    return CliError.TOPIC_NOT_CREATED.because(
        "expected Kafka to create it: topic="
            + topic
            + ", problem="
            + (cause == null ? "unknown" : cause.getMessage()),
        "Ask for no more copies than there are brokers, with a login that may create topics"
            + " (--command-config).");
  }
}
