package io.knhk.schemas.knowledge;

import java.util.List;
import java.util.Map;

/**
 * A sector's knowledge, compiled: what is signed, broadcast and run. The triples it was compiled
 * from stay in execute.
 *
 * @param version 1 for the first, then one more each time; also called the epoch
 * @param snapshotId root of the Merkle prefix trie over the triples, 64 hex digits
 * @param parentId snapshotId of the version before, empty for version 1
 * @param proposalId what was promoted, empty for version 1
 * @param promotedAtMs recordedAtMs of the decision
 * @param types in order of name
 * @param touched for each {@link Elements element} changed since version 1, the version that last
 *     changed it
 */
public record CompiledSnapshot(
    String sector,
    long version,
    String snapshotId,
    String parentId,
    String proposalId,
    long promotedAtMs,
    List<CompiledType> types,
    Map<String, Long> touched) {
  /** Size of the encoded form. */
  public static final int BYTES_MAX = 1024 * 1024;

  public CompiledSnapshot {
    types = List.copyOf(types);
    touched = Map.copyOf(touched);
  }
}
