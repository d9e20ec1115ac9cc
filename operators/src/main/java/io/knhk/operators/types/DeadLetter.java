package io.knhk.operators.types;

/**
 * A record that could not be taken, with why. Its identity is the original topic, partition and
 * offset: the same record always gives the same dead letter.
 *
 * @param reason name of a {@link io.knhk.schemas.observation.RejectionReason}
 * @param detail one line for a person
 * @param sector the known sector it named, else the empty string
 */
public record DeadLetter(RawRecord original, String reason, String detail, String sector) {}
