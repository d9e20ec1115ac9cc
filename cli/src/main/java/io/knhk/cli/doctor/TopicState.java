package io.knhk.cli.doctor;

import io.knhk.schemas.TopicLayout;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * A topic as its broker describes it.
 *
 * @param copies the fewest that a partition of it has
 * @param withoutLeader partitions that nobody can write or read now
 * @param behind partitions of which a copy is missing or behind
 * @param settings by Kafka's names, the defaults of the broker included
 */
public record TopicState(
    String name,
    int partitions,
    int copies,
    int withoutLeader,
    int behind,
    Map<String, String> settings) {

  public TopicState {
    settings = Map.copyOf(settings);
  }

  /**
   * Those of {@link TopicLayout#all} that are there, by name.
   *
   * @throws KafkaException when Kafka does not answer, or does not let them be described
   */
  public static Map<String, TopicState> read(Admin admin) throws InterruptedException {
    Map<String, KafkaFuture<TopicDescription>> described =
        admin.describeTopics(names()).topicNameValues();
    Map<String, TopicDescription> there = new HashMap<>();
    for (Map.Entry<String, KafkaFuture<TopicDescription>> topic : described.entrySet()) {
      try {
        there.put(topic.getKey(), topic.getValue().get());
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw failed(e);
        }
      }
    }
    Map<String, TopicState> states = new HashMap<>();
    Map<ConfigResource, Config> settings = settings(admin, there.keySet());
    for (TopicDescription topic : there.values()) {
      Config config = settings.get(resource(topic.name()));
      states.put(topic.name(), of(topic, config == null ? List.of() : config.entries()));
    }
    return states;
  }

  /** How many brokers there are. */
  public static int brokers(Admin admin) throws InterruptedException {
    try {
      return admin.describeCluster().nodes().get().size();
    } catch (ExecutionException e) {
      throw failed(e);
    }
  }

  /** A setting; empty where the broker does not know it. */
  public String setting(String name) {
    return settings.getOrDefault(name, "");
  }

  /** How long records stay. */
  public String kept() {
    long ms = number(TopicLayout.RETENTION_MS);
    long bytes = number(TopicLayout.RETENTION_BYTES);
    if (ms < 0 && bytes < 0) {
      return "for ever";
    }
    String time = ms < 0 ? "" : ms / 3_600_000 + " h";
    String size = bytes < 0 ? "" : (bytes >> 20) + " MiB a partition";
    return time + (time.isEmpty() || size.isEmpty() ? "" : " or ") + size;
  }

  /** A setting that is a number; -1, which is Kafka's word for no limit, where it is none. */
  long number(String name) {
    try {
      return Long.parseLong(setting(name));
    } catch (NumberFormatException e) {
      return TopicLayout.UNLIMITED;
    }
  }

  private static TopicState of(TopicDescription topic, Collection<ConfigEntry> entries) {
    Map<String, String> settings = new HashMap<>();
    for (ConfigEntry entry : entries) {
      settings.put(entry.name(), entry.value() == null ? "" : entry.value());
    }
    int copies = Integer.MAX_VALUE;
    int withoutLeader = 0;
    int behind = 0;
    for (TopicPartitionInfo partition : topic.partitions()) {
      copies = Math.min(copies, partition.replicas().size());
      withoutLeader += partition.leader() == null ? 1 : 0;
      behind += partition.isr().size() < partition.replicas().size() ? 1 : 0;
    }
    return new TopicState(
        topic.name(), topic.partitions().size(), copies, withoutLeader, behind, settings);
  }

  private static Map<ConfigResource, Config> settings(Admin admin, Collection<String> topics)
      throws InterruptedException {
    try {
      return admin.describeConfigs(topics.stream().map(TopicState::resource).toList()).all().get();
    } catch (ExecutionException e) {
      throw failed(e);
    }
  }

  private static List<String> names() {
    return TopicLayout.all().stream().map(TopicLayout::name).toList();
  }

  private static ConfigResource resource(String topic) {
    return new ConfigResource(ConfigResource.Type.TOPIC, topic);
  }

  private static KafkaException failed(ExecutionException e) {
    return e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getCause());
  }
}
