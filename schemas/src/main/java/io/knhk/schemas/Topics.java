package io.knhk.schemas;

/**
 * Kafka topics of the loop. Every one of them uses {@code message.timestamp.type=LogAppendTime}.
 */
public final class Topics {
  public static final String OBSERVATIONS = "knhk.observations.v1";
  public static final String DEAD_LETTERS = "knhk.deadletters.v1";
  public static final String CONTROL = "knhk.control.v1";
  public static final String SNAPSHOTS = "knhk.snapshots.v1";
  public static final String RECEIPTS = "knhk.receipts.v1";
  public static final String KNOWLEDGE = "knhk.knowledge.v1";
  public static final String NOTIFICATIONS = "knhk.notifications.v1";

  private Topics() {}
}
