/** What crosses a Flink edge: public records, so that none of it falls to Kryo. */
@NullMarked
package io.knhk.operators.types;

import org.jspecify.annotations.NullMarked;
