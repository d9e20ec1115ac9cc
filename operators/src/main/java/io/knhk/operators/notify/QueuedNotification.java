package io.knhk.operators.notify;

/** A notification that waits in its lane. */
@SuppressWarnings("ArrayRecordComponent") // State of an operator; nobody changes or compares it.
public record QueuedNotification(String id, byte[] body) {}
