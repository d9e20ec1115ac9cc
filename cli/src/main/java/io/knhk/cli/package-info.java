/** The knhk command: what a person or a script runs against the stack. */
@NullMarked
package io.knhk.cli;

import org.jspecify.annotations.NullMarked;
