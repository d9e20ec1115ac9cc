package io.knhk.schemas.knowledge;

/**
 * Names of what a change can be about, so that two changes of the same thing are known to be so: an
 * event type {@code payment.authorised}, one of its attributes {@code payment.authorised#currency},
 * its value's range {@code payment.authorised!value}, or one of its guards {@code
 * payment.authorised!rate|error|heartbeat|drift}.
 */
public final class Elements {
  private Elements() {}

  public static String type(String eventType) {
    return eventType;
  }

  public static String attribute(String eventType, String attribute) {
    return eventType + "#" + attribute;
  }

  public static String value(String eventType) {
    return eventType + "!value";
  }

  public static String guard(String eventType, String guard) {
    return eventType + "!" + guard;
  }
}
