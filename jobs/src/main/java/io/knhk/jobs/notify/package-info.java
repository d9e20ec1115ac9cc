/** NotificationJob: sends what people should hear of to webhooks. */
@NullMarked
package io.knhk.jobs.notify;

import org.jspecify.annotations.NullMarked;
