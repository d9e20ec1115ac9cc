package io.knhk.operators.archive;

/**
 * A knowledge document whose signature was verified.
 *
 * @param at where it was read
 * @param kind name of its kind in lower case
 * @param recordedAtMs recorded time of the decision behind it
 * @param document its content as JSON, for queries
 * @param body the exact bytes that were signed
 * @param signature 64 bytes
 */
@SuppressWarnings("ArrayRecordComponent") // Crosses a Flink edge; nobody changes or compares it.
public record KnowledgeRow(
    RecordPosition at,
    String log,
    String sector,
    String kind,
    String id,
    long revision,
    long recordedAtMs,
    String document,
    String keyId,
    byte[] body,
    byte[] signature) {}
