package io.knhk.operators.monitor;

/**
 * State: how far a source's event time has come, as read from one partition.
 *
 * @param maxTimeMs largest event time seen
 * @param markedMs up to when the source said that it has sent everything, Long.MIN_VALUE if it
 *     never did
 * @param recordedAtMs LogAppendTime of the record that was read last
 */
public record SourceClock(
    int partition,
    String sector,
    String source,
    long maxTimeMs,
    long markedMs,
    long recordedAtMs) {}
