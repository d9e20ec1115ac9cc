/**
 * Numbers and chains receipts, and signs and sends what a completed checkpoint has made durable.
 */
@NullMarked
package io.knhk.operators.record;

import org.jspecify.annotations.NullMarked;
