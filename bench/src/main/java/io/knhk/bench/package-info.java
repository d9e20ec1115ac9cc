/**
 * Measurements beside what a user would pick instead. Nothing here is asserted; RESULTS.md holds
 * what was seen.
 */
@NullMarked
package io.knhk.bench;

import org.jspecify.annotations.NullMarked;
