/** Observations: what services publish, its limits and its CloudEvents codec. */
@NullMarked
package io.knhk.schemas.observation;

import org.jspecify.annotations.NullMarked;
