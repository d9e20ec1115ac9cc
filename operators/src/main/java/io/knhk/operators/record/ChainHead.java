package io.knhk.operators.record;

/**
 * State: where a sector's chain stands.
 *
 * @param nextSeq number of the next receipt
 * @param lastHash hash of the one before, empty when there is none
 */
public record ChainHead(long nextSeq, String lastHash) {}
