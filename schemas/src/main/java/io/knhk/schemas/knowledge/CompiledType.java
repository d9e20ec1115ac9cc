package io.knhk.schemas.knowledge;

import java.util.List;

/**
 * An event type as monitor checks it and analyze watches it.
 *
 * @param name as in {@code eventType}
 * @param decimals digits after the point to which values are scaled for exact sums, 0 to 9
 * @param watchEachSubject whether each subject is watched by itself, not the type alone
 * @param valueMin smallest value allowed, -infinity when unbounded
 * @param valueMax largest value allowed, +infinity when unbounded
 * @param properties in order of name
 */
public record CompiledType(
    String name,
    int decimals,
    boolean watchEachSubject,
    double valueMin,
    double valueMax,
    List<CompiledProperty> properties,
    DetectorParameters detectors) {
  public static final int DECIMALS_DEFAULT = 6;

  public CompiledType {
    properties = List.copyOf(properties);
    if (decimals < 0 || decimals > 9) {
      throw new IllegalArgumentException("expected decimals from 0 to 9: decimals=" + decimals);
    }
  }
}
