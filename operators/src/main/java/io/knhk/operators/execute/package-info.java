/**
 * Plans and executes: one operator a sector proposes, validates in the shadow, decides and
 * promotes.
 */
@NullMarked
package io.knhk.operators.execute;

import org.jspecify.annotations.NullMarked;
