package io.knhk.operators.archive;

import java.io.Serializable;
import java.time.Duration;
import java.util.Locale;

/**
 * How the archive reaches PostgreSQL and how much it writes at once.
 *
 * @param jdbcUrl {@code jdbc:postgresql://..} without user or password
 * @param user a login that is a member of {@code knhk_writer}
 * @param passwordFile file on every TaskManager that holds the password; read again for every
 *     connection
 * @param batchRowsMax rows of one transaction
 * @param batchBytesMax bytes of bodies in one transaction; a single larger row is a batch by itself
 * @param backoffMsMin pause after the first failed attempt, doubled after each further one
 * @param backoffMsMax longest pause
 * @param connectTimeoutMs until an attempt to connect is given up
 * @param socketTimeoutMs until an answer is given up
 */
public record ArchiveSinkOptions(
    String jdbcUrl,
    String user,
    String passwordFile,
    int batchRowsMax,
    int batchBytesMax,
    long backoffMsMin,
    long backoffMsMax,
    long connectTimeoutMs,
    long socketTimeoutMs)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  public static final int BATCH_ROWS_DEFAULT = 1_000;
  public static final int BATCH_ROWS_LIMIT = 10_000;
  public static final int BATCH_BYTES_DEFAULT = 8 * 1024 * 1024;
  public static final int BATCH_BYTES_LIMIT = 64 * 1024 * 1024;

  private static final String URL_PREFIX = "jdbc:postgresql:";

  /**
   * @throws IllegalArgumentException if a value is out of its bounds or the URL holds credentials
   */
  public ArchiveSinkOptions {
    if (!jdbcUrl.startsWith(URL_PREFIX)) {
      // The URL is not shown: it may hold what it should not.
      throw new IllegalArgumentException("expected a URL that starts with " + URL_PREFIX);
    }
    String lowerCase = jdbcUrl.toLowerCase(Locale.ROOT);
    if (lowerCase.contains("password=") || lowerCase.contains("user=") || lowerCase.contains("@")) {
      throw new IllegalArgumentException(
          "expected a URL without credentials: name the user and the password's file by themselves");
    }
    if (user.isBlank() || passwordFile.isBlank()) {
      throw new IllegalArgumentException(
          "expected a user and a password file: user=" + user + ", passwordFile=" + passwordFile);
    }
    within("batchRowsMax", batchRowsMax, 1, BATCH_ROWS_LIMIT);
    within("batchBytesMax", batchBytesMax, 1, BATCH_BYTES_LIMIT);
    within("backoffMsMin", backoffMsMin, 1, 60_000);
    within("backoffMsMax", backoffMsMax, backoffMsMin, 600_000);
    within("connectTimeoutMs", connectTimeoutMs, 1_000, 600_000);
    within("socketTimeoutMs", socketTimeoutMs, 1_000, 600_000);
  }

  /**
   * 1,000 rows or 8 MiB a batch, pauses from 100 ms to 10 s, 10 s to connect and 60 s for an
   * answer.
   */
  public static ArchiveSinkOptions of(String jdbcUrl, String user, String passwordFile) {
    return new ArchiveSinkOptions(
        jdbcUrl,
        user,
        passwordFile,
        BATCH_ROWS_DEFAULT,
        BATCH_BYTES_DEFAULT,
        100,
        10_000,
        10_000,
        60_000);
  }

  public ArchiveSinkOptions withBatch(int rowsMax, int bytesMax) {
    return new ArchiveSinkOptions(
        jdbcUrl,
        user,
        passwordFile,
        rowsMax,
        bytesMax,
        backoffMsMin,
        backoffMsMax,
        connectTimeoutMs,
        socketTimeoutMs);
  }

  public ArchiveSinkOptions withBackoff(Duration min, Duration max) {
    return new ArchiveSinkOptions(
        jdbcUrl,
        user,
        passwordFile,
        batchRowsMax,
        batchBytesMax,
        min.toMillis(),
        max.toMillis(),
        connectTimeoutMs,
        socketTimeoutMs);
  }

  public ArchiveSinkOptions withTimeouts(Duration connect, Duration socket) {
    return new ArchiveSinkOptions(
        jdbcUrl,
        user,
        passwordFile,
        batchRowsMax,
        batchBytesMax,
        backoffMsMin,
        backoffMsMax,
        connect.toMillis(),
        socket.toMillis());
  }

  private static void within(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "expected "
              + name
              + " from "
              + min
              + " to "
              + max
              + ": "
              + name
              + "="
              + value
              + ", limit="
              + max);
    }
  }
}
