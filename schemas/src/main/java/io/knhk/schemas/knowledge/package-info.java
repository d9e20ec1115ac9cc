/** What execute hands on: compiled snapshots, detector parameters, deltas, proposals. */
@NullMarked
package io.knhk.schemas.knowledge;

import org.jspecify.annotations.NullMarked;
