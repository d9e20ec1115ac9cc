/** Who may change what a sector knows, and how people decide on it. */
@NullMarked
package io.knhk.knowledge.governance;

import org.jspecify.annotations.NullMarked;
