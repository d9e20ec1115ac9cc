/** Watches subjects and types in buckets of event time and finds patterns. */
@NullMarked
package io.knhk.operators.analyze;

import org.jspecify.annotations.NullMarked;
