package io.knhk.operators.analyze;

import io.knhk.ledger.CompactRange;
import io.knhk.schemas.detection.Pattern;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * State: which runs a key's open window rests on: the latest by name, all of them by number and
 * Merkle root (the RFC 9162 hashes of their names, in the order in which they were added).
 *
 * @param latest at most {@link Pattern#CAUSES_MAX}
 * @param count of all
 * @param frontier the roots of the perfect subtrees, as {@link CompactRange#hashes()} has them
 */
public record RunLineage(List<String> latest, long count, List<byte[]> frontier) {
  static final RunLineage NONE = new RunLineage(List.of(), 0, List.of());

  /**
   * @param runs sorted, none of them added before
   */
  RunLineage plus(List<String> runs) {
    if (runs.isEmpty()) {
      return this;
    }
    CompactRange range = CompactRange.of(count, frontier);
    for (String run : runs) {
      range.append(io.knhk.ledger.MerkleTree.leafHash(run.getBytes(StandardCharsets.UTF_8)));
    }
    List<String> all = new ArrayList<>(latest);
    all.addAll(runs);
    return new RunLineage(
        List.copyOf(all.subList(Math.max(0, all.size() - Pattern.CAUSES_MAX), all.size())),
        range.size(),
        range.hashes());
  }

  String rootHex() {
    return HexFormat.of().formatHex(CompactRange.of(count, frontier).root());
  }
}
