package io.knhk.jobs.launch;

import io.knhk.jobs.archive.ReceiptArchiveJob;
import io.knhk.jobs.loop.ClosedLoopJob;
import io.knhk.jobs.notify.NotificationJob;
import java.util.Arrays;
import java.util.OptionalLong;
import org.apache.flink.api.common.JobID;

/**
 * The jobs, and the ids they run under. An id is {@code knhk} in ASCII, the generation as 64 bits
 * and the job as 32 bits, so that a job's checkpoints are found again by their folder's name.
 *
 * <p>The generation is 0 until a cluster has seen that id end, after which it refuses it for the
 * rest of its own life; then it is one more.
 */
public enum KnhkJob {
  LOOP("loop", ClosedLoopJob.NAME, ClosedLoopJob.class, 1),
  ARCHIVE("archive", ReceiptArchiveJob.NAME, ReceiptArchiveJob.class, 2),
  NOTIFY("notify", NotificationJob.NAME, NotificationJob.class, 3);

  private static final String PREFIX = "6b6e686b";
  private static final int GENERATION_DIGITS = 16;
  private static final int HEX = 16;

  private final String word;
  private final String title;
  private final Class<?> main;
  private final int number;

  KnhkJob(String word, String title, Class<?> main, int number) {
    this.word = word;
    this.title = title;
    this.main = main;
    this.number = number;
  }

  /**
   * @param word as on a command line: {@code loop}, {@code archive} or {@code notify}
   * @throws IllegalArgumentException when it is no job's
   */
  public static KnhkJob of(String word) {
    return Arrays.stream(values())
        .filter(job -> job.word.equals(word))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("expected loop, archive or notify: job=" + word));
  }

  /** As on a command line. */
  public String word() {
    return word;
  }

  /** As on Flink's page. */
  public String title() {
    return title;
  }

  /** Whether KNHK does without it: nobody has to be told. */
  public boolean isOptional() {
    return this == NOTIFY;
  }

  /** The class whose {@code main} builds and submits it. */
  public Class<?> main() {
    return main;
  }

  /**
   * @param generation 0 or more
   */
  public JobID id(long generation) {
    if (generation < 0) {
      throw new IllegalArgumentException("expected 0 or more: generation=" + generation);
    }
    return JobID.fromHexString(PREFIX + String.format("%016x%08x", generation, number));
  }

  /** The generation of an id, or empty when it is no id of this job. */
  public OptionalLong generation(JobID id) {
    String digits = id.toHexString();
    int end = PREFIX.length() + GENERATION_DIGITS;
    if (!digits.startsWith(PREFIX)
        || Integer.parseUnsignedInt(digits.substring(end), HEX) != number) {
      return OptionalLong.empty();
    }
    long generation = Long.parseUnsignedLong(digits.substring(PREFIX.length(), end), HEX);
    return generation < 0 ? OptionalLong.empty() : OptionalLong.of(generation);
  }
}
