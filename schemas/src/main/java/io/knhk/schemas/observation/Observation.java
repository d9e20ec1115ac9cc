package io.knhk.schemas.observation;

import java.util.List;

/**
 * One thing that was observed, as its publisher said it: a CloudEvents 1.0 event of type {@link
 * #TYPE}.
 *
 * @param sector one of {@link io.knhk.schemas.Sectors#ALL}
 * @param source who observed; event time advances for each (sector, source) by itself
 * @param id unique within the source
 * @param timeMs when it was observed, milliseconds since the epoch
 * @param subject key of the entity that was observed
 * @param eventType names a class of the sector's ontology
 * @param value finite
 * @param error whether {@code outcome} was {@code error} rather than {@code ok}
 * @param attributes at most {@link ObservationLimits#ATTRIBUTES_MAX}, in the order sent, names
 *     distinct
 */
public record Observation(
    String sector,
    String source,
    String id,
    long timeMs,
    String subject,
    String eventType,
    double value,
    boolean error,
    List<Attribute> attributes) {
  public static final String TYPE = "io.knhk.observation.v1";

  public Observation {
    attributes = List.copyOf(attributes);
  }
}
