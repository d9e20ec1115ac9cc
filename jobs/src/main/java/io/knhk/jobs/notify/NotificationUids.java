package io.knhk.jobs.notify;

/**
 * Permanent names: state in a savepoint is found again by them. Committed as a list in the tests;
 * never change one.
 */
final class NotificationUids {
  static final String NOTIFICATIONS = "notifications";
  static final String READ_NOTIFICATIONS = "read-notifications";
  static final String DELIVER = "deliver";

  private NotificationUids() {}
}
