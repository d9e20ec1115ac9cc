/** Event types in the form that producers and consumers use: JSON Schema and Avro. */
@NullMarked
package io.knhk.knowledge.schema;

import org.jspecify.annotations.NullMarked;
