package io.knhk.cli.knowledge;

/**
 * Which snapshot of a sector.
 *
 * @param version 1 for the first
 * @param snapshotId 64 hex digits
 */
public record PromotedVersion(String sector, long version, String snapshotId) {
  /** {@code finance/3}. */
  public String name() {
    return sector + "/" + version;
  }
}
