/** Sorts what is on the control topic by sector; execute looks at the signatures. */
@NullMarked
package io.knhk.operators.control;

import org.jspecify.annotations.NullMarked;
