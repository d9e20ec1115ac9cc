package io.knhk.schemas.knowledge;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What execute says about its knowledge beside receipts, signed on {@link
 * io.knhk.schemas.Topics#KNOWLEDGE}: too large for a receipt, which names it by hash, or a present
 * state that a person wants to see.
 *
 * @param kind see {@link Kind}
 * @param id of what it is about
 * @param revision counts up where the same thing changes; the part of a large delta
 * @param recordedAtMs recorded time of the decision behind it
 * @param content a JSON object; its members are described in docs/handbook/knowledge-documents.md
 */
public record KnowledgeDocument(
    String log,
    String sector,
    Kind kind,
    String id,
    long revision,
    long recordedAtMs,
    ObjectNode content) {
  public static final String PAYLOAD_TYPE = "application/vnd.knhk.knowledge.v1+json";

  /** What a document is about. The name on the wire is in lower case. */
  public enum Kind {
    /** Triples of one version: what it adds to and removes from the one before, in parts. */
    DELTA,
    /** A change: its triples, the plain words, examples, who is affected, stage reports. */
    PROPOSAL,
    /** Something that people decide on, as it stands. */
    REQUEST,
    /** A doctrine rule, in force or retired. */
    DOCTRINE,
    /** A person, with roles and keys. */
    PERSON,
    /** A guard that may be weakened for a while. */
    RELAXATION,
    /** Something held, or released. */
    HOLD,
    /** A release that sent wrong data, as somebody said when rejecting a proposal. */
    INCIDENT
  }
}
