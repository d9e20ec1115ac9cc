package io.knhk.schemas;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a topic of the loop has to be set up, wherever its broker is: {@code knhk up} and {@code knhk
 * topics create} make it so, and {@code knhk doctor --cluster} holds a topic against it.
 *
 * @param name one of {@link Topics}
 * @param partitions how many it is created with
 * @param inOnePartition whether it may have no more than one: its records are read in one order
 * @param batchBytesMax largest batch of records that it has to take
 * @param partitionBytesMax the oldest records go when a partition holds more; -1 for no limit
 * @param evidence whether a record that is lost cannot be made again, so that it is kept for ever
 */
public record TopicLayout(
    String name,
    int partitions,
    boolean inOnePartition,
    int batchBytesMax,
    long partitionBytesMax,
    boolean evidence) {
  public static final String TIMESTAMP_TYPE = "message.timestamp.type";
  public static final String CLEANUP_POLICY = "cleanup.policy";
  public static final String RETENTION_MS = "retention.ms";
  public static final String RETENTION_BYTES = "retention.bytes";
  public static final String MAX_MESSAGE_BYTES = "max.message.bytes";

  /** As Kafka says that nothing is ever removed. */
  public static final long UNLIMITED = -1;

  /** An observation is at most 64 KiB; what is larger, up to this, becomes a dead letter. */
  private static final int OBSERVATION_BATCH_BYTES_MAX = (1 << 20) + (64 << 10);

  /** A compiled snapshot of 1 MiB in base64, or a dead letter and its headers, fits. */
  private static final int BATCH_BYTES_MAX = 2 << 20;

  private static final long OBSERVATION_PARTITION_BYTES_MAX = 8L << 30;
  private static final int PARTITIONS = 4;

  private static final List<TopicLayout> ALL =
      List.of(
          new TopicLayout(
              Topics.OBSERVATIONS,
              PARTITIONS,
              false,
              OBSERVATION_BATCH_BYTES_MAX,
              OBSERVATION_PARTITION_BYTES_MAX,
              false),
          new TopicLayout(Topics.RECEIPTS, PARTITIONS, false, BATCH_BYTES_MAX, UNLIMITED, true),
          new TopicLayout(Topics.SNAPSHOTS, 1, true, BATCH_BYTES_MAX, UNLIMITED, true),
          new TopicLayout(Topics.CONTROL, 1, true, BATCH_BYTES_MAX, UNLIMITED, true),
          new TopicLayout(Topics.KNOWLEDGE, PARTITIONS, false, BATCH_BYTES_MAX, UNLIMITED, true),
          new TopicLayout(
              Topics.NOTIFICATIONS, PARTITIONS, false, BATCH_BYTES_MAX, UNLIMITED, false),
          new TopicLayout(
              Topics.DEAD_LETTERS, PARTITIONS, false, BATCH_BYTES_MAX, UNLIMITED, false));

  public TopicLayout {
    if (partitions < 1 || (inOnePartition && partitions != 1)) {
      throw new IllegalArgumentException(
          "expected partitions that the topic may have: topic="
              + name
              + ", partitions="
              + partitions);
    }
  }

  /** Every topic of the loop. */
  public static List<TopicLayout> all() {
    return ALL;
  }

  /** Kafka's settings by Kafka's names, those that hold on any broker. A new map each time. */
  public Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    settings.put(TIMESTAMP_TYPE, "LogAppendTime");
    settings.put(CLEANUP_POLICY, "delete");
    settings.put(RETENTION_MS, Long.toString(UNLIMITED));
    settings.put(RETENTION_BYTES, Long.toString(partitionBytesMax));
    settings.put(MAX_MESSAGE_BYTES, Integer.toString(batchBytesMax));
    return settings;
  }
}
