/**
 * What monitor and analyze hand on: mismatches, roll-ups, bucket statistics, findings and patterns.
 */
@NullMarked
package io.knhk.schemas.detection;

import org.jspecify.annotations.NullMarked;
