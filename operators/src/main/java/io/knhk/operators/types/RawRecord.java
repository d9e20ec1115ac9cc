package io.knhk.operators.types;

/**
 * A Kafka record as it was read, before anybody believed a byte of it.
 *
 * @param recordedAtMs its LogAppendTime
 * @param key empty when {@code hasKey} is false
 * @param headerNames names of its headers, in order
 * @param headerValues their values, at the same index; a null value becomes an empty one
 * @param value empty when {@code hasValue} is false
 */
public record RawRecord(
    String topic,
    int partition,
    long offset,
    long recordedAtMs,
    boolean hasKey,
    byte[] key,
    String[] headerNames,
    byte[][] headerValues,
    boolean hasValue,
    byte[] value) {}
