/** Recorded time when nothing else happens: signed ticks on the control topic. */
@NullMarked
package io.knhk.operators.clock;

import org.jspecify.annotations.NullMarked;
