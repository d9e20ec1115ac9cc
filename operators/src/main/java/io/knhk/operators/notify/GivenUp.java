package io.knhk.operators.notify;

/** Why a notification will not be delivered to a webhook. It stays on the topic. */
enum GivenUp {
  /** The webhook said that it will not take it: a status that is not 2xx, 5xx or 429. */
  REFUSED,
  /** {@link NotifyOptions#QUEUE_MAX} of its sector wait for this webhook already. */
  OVERFLOW,
  /** The webhook is no longer configured. */
  UNCONFIGURED
}
