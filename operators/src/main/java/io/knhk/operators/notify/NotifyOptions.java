package io.knhk.operators.notify;

import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Where notifications are sent, and how patiently.
 *
 * @param webhooks 1 to {@link #WEBHOOKS_MAX}, each once
 * @param secretFile on every TaskManager, see {@link WebhookSecrets}
 * @param timeoutMs until a connection, or an answer, is given up
 * @param backoffMsMin pause after the first failed attempt, doubled after each further one
 * @param backoffMsMax longest pause
 * @param queueMax notifications of one sector that wait for one webhook
 */
public record NotifyOptions(
    List<Webhook> webhooks,
    String secretFile,
    long timeoutMs,
    long backoffMsMin,
    long backoffMsMax,
    int queueMax)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  public static final int WEBHOOKS_MAX = 16;

  /** Many days' worth; beyond it a webhook that is away must not cost more. */
  public static final int QUEUE_MAX = 10_000;

  public static final long TIMEOUT_MS_DEFAULT = 10_000;
  public static final long BACKOFF_MS_MIN_DEFAULT = 1_000;
  public static final long BACKOFF_MS_MAX_DEFAULT = 60_000;

  /**
   * @throws IllegalArgumentException when a value is out of its bounds
   */
  public NotifyOptions {
    webhooks = List.copyOf(webhooks);
    within("webhooks", webhooks.size(), 1, WEBHOOKS_MAX);
    Set<Webhook> distinct = new HashSet<>(webhooks);
    if (distinct.size() != webhooks.size()) {
      throw new IllegalArgumentException(
          "expected each webhook once: webhooks="
              + webhooks.size()
              + ", different="
              + distinct.size());
    }
    if (secretFile.isBlank()) {
      throw new IllegalArgumentException("expected the file with the secret: secretFile=");
    }
    within("timeoutMs", timeoutMs, 100, 600_000);
    within("backoffMsMin", backoffMsMin, 1, 600_000);
    within("backoffMsMax", backoffMsMax, backoffMsMin, 86_400_000);
    within("queueMax", queueMax, 1, QUEUE_MAX);
  }

  /** 10 s for an answer, pauses from 1 s to 1 min, and {@link #QUEUE_MAX}. */
  public static NotifyOptions of(List<Webhook> webhooks, String secretFile) {
    return new NotifyOptions(
        webhooks,
        secretFile,
        TIMEOUT_MS_DEFAULT,
        BACKOFF_MS_MIN_DEFAULT,
        BACKOFF_MS_MAX_DEFAULT,
        QUEUE_MAX);
  }

  private static void within(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "expected "
              + name
              + " from "
              + min
              + " to "
              + max
              + ": "
              + name
              + "="
              + value
              + ", limit="
              + max);
    }
  }
}
