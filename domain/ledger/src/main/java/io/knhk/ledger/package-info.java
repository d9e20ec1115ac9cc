/**
 * The receipts' domain, pure: canonical form (RFC 8785), signature (Ed25519 over DSSE), chain,
 * Merkle log (RFC 9162) and the one verifier.
 *
 * <p>Bytes that come from outside are refused with the checked {@link
 * io.knhk.ledger.LedgerFormatException}; a call that a programmer got wrong throws {@link
 * java.lang.IllegalArgumentException}. Nothing here reads a clock, draws a random number or
 * remembers a call, except where a class says so.
 */
@NullMarked
package io.knhk.ledger;

import org.jspecify.annotations.NullMarked;
