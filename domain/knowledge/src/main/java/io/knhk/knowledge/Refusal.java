package io.knhk.knowledge;

/**
 * Why something was not taken, as a value.
 *
 * @param detail one line for a person
 */
public record Refusal(RefusalReason reason, String detail) {}
