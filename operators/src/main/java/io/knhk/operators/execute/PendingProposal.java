package io.knhk.operators.execute;

import io.knhk.schemas.knowledge.Proposal;

/** State: a validated proposal that waits for people. */
public record PendingProposal(Proposal proposal, String verdictId, long expiresAtMs) {}
