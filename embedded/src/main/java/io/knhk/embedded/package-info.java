/**
 * The one-machine stack's parts, in one process: state folder, Kafka broker, PostgreSQL server,
 * Flink cluster.
 */
@NullMarked
package io.knhk.embedded;

import org.jspecify.annotations.NullMarked;
