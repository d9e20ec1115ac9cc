/** Checks receipts that somebody stored: in PostgreSQL, in an export, against Kafka. */
@NullMarked
package io.knhk.cli.verify;

import org.jspecify.annotations.NullMarked;
