package io.knhk.operators.execute;

/**
 * State: the newest snapshot that runs and that this state never promoted.
 *
 * @param ticks that have passed since it was first heard of
 */
public record LostPromotion(long version, String snapshotId, int ticks) {}
