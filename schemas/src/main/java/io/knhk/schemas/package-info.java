/** Names that several contracts share: topics and sectors. */
@NullMarked
package io.knhk.schemas;

import org.jspecify.annotations.NullMarked;
