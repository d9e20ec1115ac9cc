/**
 * Takes observations in: decodes, checks against the current snapshot, closes runs, turns the rest
 * into dead letters.
 */
@NullMarked
package io.knhk.operators.monitor;

import org.jspecify.annotations.NullMarked;
