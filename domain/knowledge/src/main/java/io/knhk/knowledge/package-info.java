/** Snapshots, deltas, proposals and their validation. Jena lives only in this module. */
@NullMarked
package io.knhk.knowledge;

import org.jspecify.annotations.NullMarked;
