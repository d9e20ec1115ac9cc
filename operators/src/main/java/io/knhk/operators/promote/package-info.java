/** Lets verified snapshots in again, one version after the other. */
@NullMarked
package io.knhk.operators.promote;

import org.jspecify.annotations.NullMarked;
