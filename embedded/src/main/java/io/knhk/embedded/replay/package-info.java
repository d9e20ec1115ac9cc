/**
 * Replays a folder of observations into Kafka: once, in event-time order, from where it stopped.
 */
@NullMarked
package io.knhk.embedded.replay;

import org.jspecify.annotations.NullMarked;
