package io.knhk.embedded.replay;

import java.util.List;

/**
 * One row of a file.
 *
 * @param timeMs its event time; that of the row before it where it has none, so that it keeps its
 *     place
 * @param bytes as they stand in the file
 * @param cells of a CSV row that makes an observation, else empty
 */
@SuppressWarnings("ArrayRecordComponent") // passed along, never compared or changed
record Row(long timeMs, byte[] bytes, List<String> cells) {
  boolean isMalformed() {
    return cells.isEmpty();
  }
}
