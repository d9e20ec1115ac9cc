package io.knhk.operators.notify;

/**
 * One notification on its way to one webhook.
 *
 * @param webhook {@link Webhook#id}
 * @param sector whose order is kept
 * @param id of the notification, the same at every attempt
 * @param body the bytes that are sent
 */
@SuppressWarnings("ArrayRecordComponent") // Crosses a Flink edge; nobody changes or compares it.
public record Delivery(String webhook, String sector, String id, byte[] body) {
  private static final char SEPARATOR = '/';

  /** What one thing after the other is delivered in: a webhook and a sector. */
  public String lane() {
    return webhook + SEPARATOR + sector;
  }

  static String webhookOf(String lane) {
    return lane.substring(0, lane.indexOf(SEPARATOR));
  }
}
