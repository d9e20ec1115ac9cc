/** Detectors as pure state transitions: no Flink, no clock, no randomness. */
@NullMarked
package io.knhk.detection;

import org.jspecify.annotations.NullMarked;
