package io.knhk.operators.record;

/**
 * State: every receipt that this state does not know of lies at or after this offset.
 *
 * @param log the ledger whose receipts they are
 * @param partition of the receipts topic
 * @param offset where the partition ended at some moment before the state was written
 */
public record ReceiptsEnd(String log, int partition, long offset) {}
