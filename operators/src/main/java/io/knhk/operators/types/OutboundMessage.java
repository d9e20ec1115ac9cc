package io.knhk.operators.types;

/**
 * A body that will be signed and sent once the checkpoint it belongs to has completed.
 *
 * @param topic where to
 * @param key record key; what has the same key keeps its order
 * @param payloadType DSSE payload type
 * @param body exact bytes to sign
 */
public record OutboundMessage(String topic, String key, String payloadType, byte[] body) {}
