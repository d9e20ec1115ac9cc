/**
 * Verifies what the loop published and writes it to PostgreSQL: receipts, snapshots, dead letters,
 * and what was refused.
 *
 * <p>Nothing is believed before its signature, number and parent are checked, and nothing is
 * dropped: a record either becomes a row of its table or is kept in quarantine with the reason.
 */
@NullMarked
package io.knhk.operators.archive;

import org.jspecify.annotations.NullMarked;
