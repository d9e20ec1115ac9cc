package io.knhk.knowledge.governance;

import java.util.Locale;

/** Why something that was asked for is not done. */
public enum Refusal {
  /** The message is meant for another ledger. */
  OTHER_LOG,
  /** The message is meant for another sector. */
  OTHER_SECTOR,
  /** Nobody in this sector has this key. */
  UNKNOWN_KEY,
  /** The message names another signer than the key that signed it. */
  OTHER_SIGNER,
  /** The key counts no more. */
  REVOKED_KEY,
  /** The message is not taken any more. */
  EXPIRED_MESSAGE,
  /** The message would be taken for longer than messages are. */
  LIFETIME,
  /** The counter is not larger than that of an earlier message of this key. */
  REPLAYED,
  /** The person does not hold a role that may do this. */
  ROLE,
  /** There is no such request, or it is long over. */
  UNKNOWN_REQUEST,
  /** There is such a request already. */
  KNOWN_REQUEST,
  /** The request is over. */
  ENDED,
  /** What was voted on is not what stands to vote. */
  OTHER_BALLOT,
  /** The voter wrote it, or it was written for the voter, or it is about the voter. */
  SELF_APPROVAL,
  /** The person holds two roles that one person may not hold. */
  SEGREGATION,
  /** The person has voted with another key. */
  SECOND_KEY,
  /** Only who asked for something takes it back. */
  NOT_AUTHOR,
  /** There is as much of it as there may be. */
  FULL,
  /** A person stopped it, and none let it go on. */
  HELD,
  /** It is not stopped. */
  NOT_HELD,
  /** So many people as are needed are not there. */
  UNATTAINABLE,
  /** Nobody would be left who can change who may do what. */
  LAST_ADMINISTRATOR,
  /** The key is somebody's already, or not this person's. */
  KEY,
  /** The doctrine rule does not fit. */
  RULE,
  /** A relaxation would last too long. */
  DURATION;

  /** As it stands in receipts: {@code self-approval}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
