package io.knhk.jobs.notify;

import io.knhk.jobs.KafkaOptions;
import io.knhk.jobs.LedgerOptions;
import io.knhk.jobs.Required;
import io.knhk.operators.notify.NotifyOptions;
import io.knhk.operators.notify.Webhook;
import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;

/**
 * How NotificationJob runs, checked once.
 *
 * @param log the ledger whose notifications are delivered
 * @param trustedKeysFile PEM file with the public keys whose signatures count, read by the client
 * @param isFromEnd whether a job without state tells nothing that was there before it
 */
public record NotificationOptions(
    KafkaOptions kafka,
    String log,
    String trustedKeysFile,
    boolean isFromEnd,
    NotifyOptions delivery) {
  public static final ConfigOption<List<String>> WEBHOOK_URLS =
      ConfigOptions.key("knhk.notify.webhook-urls")
          .stringType()
          .asList()
          .noDefaultValue()
          .withDescription(
              "Where notifications are sent, https URLs separated by semicolons, 16 at most. Each gets all of them.");

  public static final ConfigOption<String> SECRET_FILE =
      ConfigOptions.key("knhk.notify.secret-file")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "File with what they are signed with, on the client and every TaskManager, for its owner alone: 1 to 4 lines of"
                  + " whsec_ and base64 of 24 to 64 bytes. A notification is signed with each. Read when a task starts.");

  public static final ConfigOption<Duration> TIMEOUT =
      ConfigOptions.key("knhk.notify.timeout")
          .durationType()
          .defaultValue(Duration.ofMillis(NotifyOptions.TIMEOUT_MS_DEFAULT))
          .withDescription("Until a webhook's answer is given up, to be asked again.");

  public static final ConfigOption<Duration> BACKOFF_MAX =
      ConfigOptions.key("knhk.notify.backoff-max")
          .durationType()
          .defaultValue(Duration.ofMillis(NotifyOptions.BACKOFF_MS_MAX_DEFAULT))
          .withDescription(
              "Longest pause before a webhook that did not answer, or answered 429 or 5xx, is asked again. The first is a second,"
                  + " each further one twice as long.");

  public static final ConfigOption<Integer> QUEUE_MAX =
      ConfigOptions.key("knhk.notify.queue-max")
          .intType()
          .defaultValue(NotifyOptions.QUEUE_MAX)
          .withDescription(
              "Notifications of one sector that wait for one webhook. The newest beyond that are not delivered to it, and"
                  + " counted; they stay on the topic.");

  public static final ConfigOption<Boolean> FROM_END =
      ConfigOptions.key("knhk.notify.from-end")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Whether a job that starts without state leaves out the notifications that are on the topic already. It has no"
                  + " effect on one that has state.");

  /**
   * @throws IllegalArgumentException that names the option and what was expected of it
   */
  public static NotificationOptions from(ReadableConfig config) {
    NotifyOptions defaults =
        NotifyOptions.of(
            webhooks(Required.of(config, WEBHOOK_URLS)), Required.of(config, SECRET_FILE));
    long backoffMsMax = config.get(BACKOFF_MAX).toMillis();
    return new NotificationOptions(
        KafkaOptions.from(config),
        config.get(LedgerOptions.LOG),
        Required.of(config, LedgerOptions.TRUSTED_KEYS_FILE),
        config.get(FROM_END),
        new NotifyOptions(
            defaults.webhooks(),
            defaults.secretFile(),
            config.get(TIMEOUT).toMillis(),
            Math.min(defaults.backoffMsMin(), backoffMsMax),
            backoffMsMax,
            config.get(QUEUE_MAX)));
  }

  private static List<Webhook> webhooks(List<String> urls) {
    try {
      return urls.stream().map(Webhook::of).toList();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(WEBHOOK_URLS.key() + ": " + e.getMessage(), e);
    }
  }
}
