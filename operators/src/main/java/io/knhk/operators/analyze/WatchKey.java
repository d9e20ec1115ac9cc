package io.knhk.operators.analyze;

/**
 * What is watched: an event type, or one subject of it, as one source sees it.
 *
 * @param subject the empty string when the type is watched
 */
public record WatchKey(String sector, String eventType, String subject, String source) {}
