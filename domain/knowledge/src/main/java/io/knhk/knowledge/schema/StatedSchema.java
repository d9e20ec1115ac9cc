package io.knhk.knowledge.schema;

import java.util.List;

/**
 * What somebody's schema says of an event type.
 *
 * @param eventType empty when it names none
 * @param open whether attributes may be sent that are not stated
 * @param notLookedAt paths of what the reader does not understand
 */
record StatedSchema(
    String eventType,
    double valueMin,
    double valueMax,
    List<StatedAttribute> attributes,
    boolean open,
    List<String> notLookedAt) {
  StatedSchema {
    attributes = List.copyOf(attributes);
    notLookedAt = List.copyOf(notLookedAt);
  }
}
