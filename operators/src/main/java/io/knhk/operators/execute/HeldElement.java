package io.knhk.operators.execute;

/**
 * State: nothing more is proposed about an element while a proposal on it is open, or was refused
 * not long ago.
 */
public record HeldElement(String proposalId, long untilMs) {}
