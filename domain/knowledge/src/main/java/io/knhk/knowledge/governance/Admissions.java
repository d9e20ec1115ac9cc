package io.knhk.knowledge.governance;

import io.knhk.schemas.control.ControlMessage;
import java.util.Optional;

/**
 * Who may send what: the checks of a message, each before the next could do harm. A counter is used
 * up once the message is known to be the key's own, meant for here, and of now; also by one that is
 * then refused.
 */
final class Admissions {
  private final GovernanceOptions options;
  private final String log;
  private final String sector;
  private final GovernanceState state;

  Admissions(GovernanceOptions options, String log, String sector, GovernanceState state) {
    this.options = options;
    this.log = log;
    this.sector = sector;
    this.state = state;
  }

  Answer<Person> admit(ControlMessage message, String keyId, long nowMs) {
    if (!message.log().equals(log)) {
      return Answer.refused(
          Refusal.OTHER_LOG, "expected a message of this log: log=" + shown(message.log()));
    }
    if (!message.sector().equals(sector)) {
      return Answer.refused(
          Refusal.OTHER_SECTOR, "expected a message of this sector: sector=" + message.sector());
    }
    Optional<Person> known = state.registry().ofKey(keyId);
    if (known.isEmpty()) {
      return Answer.refused(
          Refusal.UNKNOWN_KEY, "expected a key of somebody in this sector: key=" + keyId);
    }
    if (!message.signer().equals(keyId)) {
      return Answer.refused(
          Refusal.OTHER_SIGNER,
          "expected the key that signed as signer: key=" + keyId + ", signer=" + message.signer());
    }
    if (known.get().revoked().contains(keyId)) {
      return Answer.refused(
          Refusal.REVOKED_KEY, "expected a key that was not revoked: key=" + keyId);
    }
    if (nowMs >= message.expiresAtMs()) {
      return Answer.refused(
          Refusal.EXPIRED_MESSAGE,
          "expected a message in time: expiresAtMs=" + message.expiresAtMs() + ", nowMs=" + nowMs);
    }
    if (message.expiresAtMs() - nowMs > options.messageLifetimeMsMax()) {
      return Answer.refused(
          Refusal.LIFETIME,
          "expected a bounded lifetime: aheadMs="
              + (message.expiresAtMs() - nowMs)
              + ", limit="
              + options.messageLifetimeMsMax());
    }
    long last = state.counter(keyId);
    if (message.counter() <= last) {
      return Answer.refused(
          Refusal.REPLAYED,
          "expected a larger counter: counter=" + message.counter() + ", last=" + last);
    }
    state.count(keyId, message.counter());
    if (!RoleTable.allows(known.get(), message.content())) {
      return Answer.refused(
          Refusal.ROLE,
          "expected one of the roles "
              + RoleTable.senders(message.content()).stream().sorted().toList()
              + ": person="
              + known.get().name()
              + ", roles="
              + known.get().roles());
    }
    return Answer.accepted(known.get());
  }

  private static String shown(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100) + "...";
  }
}
