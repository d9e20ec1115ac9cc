package io.knhk.detection;

/**
 * What the {@link DriftDetector} keeps.
 *
 * @param errors baseline of how far buckets' means were from the centre line
 * @param centre moving centre line, 0 before the first bucket
 */
public record Drift(Baseline errors, double centre) {
  public static final Drift NONE = new Drift(Baseline.NONE, 0);
}
