package io.knhk.embedded.replay;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** The files' rows as one stream in event-time order: a k-way merge that holds one row a file. */
final class ReplayMerge implements AutoCloseable {
  private final String replayId;
  private final List<ReplayFile.Rows> opened = new ArrayList<>();
  private final PriorityQueue<Head> heads =
      new PriorityQueue<>(
          Comparator.<Head>comparingLong(h -> h.row.timeMs()).thenComparingInt(h -> h.order));
  private final Map<String, Long> numbers = new HashMap<>();

  private ReplayMerge(String replayId) {
    this.replayId = replayId;
  }

  static ReplayMerge open(String replayId, List<ReplayFile> files) throws IOException {
    ReplayMerge merge = new ReplayMerge(replayId);
    try {
      for (int order = 0; order < files.size(); order++) {
        ReplayFile.Rows rows = files.get(order).open();
        merge.opened.add(rows);
        Row first = rows.next();
        if (first != null) {
          merge.heads.add(new Head(order, files.get(order), rows, first));
        }
      }
      return merge;
    } catch (IOException | RuntimeException e) {
      merge.close();
      throw e;
    }
  }

  /** Null at the end. */
  @Nullable ReplayRecord next() throws IOException {
    Head head = heads.poll();
    if (head == null) {
      return null;
    }
    long number = numbers.merge(head.file.sector(), 1L, Long::sum) - 1;
    ReplayRecord record = head.file.record(head.row, replayId, number);
    Row following = head.rows.next();
    if (following != null) {
      heads.add(new Head(head.order, head.file, head.rows, following));
    }
    return record;
  }

  @Override
  public void close() throws IOException {
    for (ReplayFile.Rows rows : opened) {
      rows.close();
    }
  }

  private record Head(int order, ReplayFile file, ReplayFile.Rows rows, Row row) {}
}
