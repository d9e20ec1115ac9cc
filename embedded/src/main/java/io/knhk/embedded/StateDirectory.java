package io.knhk.embedded;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The folder that holds everything a stack keeps: Kafka, PostgreSQL, checkpoints, keys and logs.
 * Open in one place at a time.
 *
 * <pre>
 * lock             held while open; its text is the holder's process id
 * endpoints.json   where the running stack is; there only while it runs
 * jobs/            options for jobs on another Flink
 * kafka/ postgres/ checkpoints/ flink/ keys/ logs/
 * </pre>
 */
public final class StateDirectory implements AutoCloseable {
  /** With less free space than this nothing is started. */
  public static final long FREE_BYTES_MIN = 512L << 20;

  private static final String ENDPOINTS = "endpoints.json";

  /** Holds the name of the ledger, once another was begun. */
  private static final String LOG_NAME = "log";

  private static final String JOBS = "jobs";
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Roots open in this process. Asked before the lock file is touched: POSIX drops a process's lock
   * on a file as soon as the process closes any handle on it.
   */
  private static final Set<Path> OPEN = new HashSet<>();

  private final Path root;
  private final FileChannel channel;
  private final FileLock lock;
  private final FreeSpace freeSpace;
  private boolean closed;

  private StateDirectory(Path root, FileChannel channel, FileLock lock, FreeSpace freeSpace) {
    this.root = root;
    this.channel = channel;
    this.lock = lock;
    this.freeSpace = freeSpace;
  }

  /**
   * Creates the folder where it is missing and takes its lock.
   *
   * @throws StackException when another holds it, it cannot be written, or the disk is nearly full
   */
  public static StateDirectory open(Path root) {
    return open(root, path -> fileStore(path).getUsableSpace());
  }

  static StateDirectory open(Path root, FreeSpace freeSpace) {
    Path real;
    try {
      Files.createDirectories(root);
      real = root.toRealPath();
    } catch (IOException e) {
      throw unusable(root, e);
    }
    synchronized (OPEN) {
      if (!OPEN.add(real)) {
        throw inUse(real, Long.toString(ProcessHandle.current().pid()));
      }
    }
    try {
      return openReal(real, freeSpace);
    } catch (RuntimeException | Error e) {
      synchronized (OPEN) {
        OPEN.remove(real);
      }
      throw e;
    }
  }

  /** The process that holds {@code root}, as the lock file names it; null where nobody ever did. */
  static @Nullable String holder(Path root) throws IOException {
    Path file = root.resolve("lock");
    if (!Files.exists(file)) {
      return null;
    }
    String text = Files.readString(file, StandardCharsets.UTF_8).strip();
    return text.isEmpty() ? null : text;
  }

  public Path root() {
    return root;
  }

  public Path kafka() {
    return root.resolve("kafka");
  }

  public Path postgres() {
    return root.resolve("postgres");
  }

  /** Flink's checkpoints, {@code <job id>/chk-<n>}; kept when a job ends. */
  public Path checkpoints() {
    return root.resolve("checkpoints");
  }

  /** Flink's working files; worthless once Flink has stopped. */
  public Path flink() {
    return root.resolve("flink");
  }

  /** Secrets; nobody but the owner may look into it. */
  public Path keys() {
    return root.resolve("keys");
  }

  public Path logs() {
    return root.resolve("logs");
  }

  /** There only while a stack that reached its users runs here. */
  public Path endpointsFile() {
    return root.resolve(ENDPOINTS);
  }

  /** Tells other processes where the stack is, atomically; members in alphabetical order. */
  public void writeEndpoints(Map<String, String> endpoints) {
    Path temporary = root.resolve(ENDPOINTS + ".tmp");
    try {
      byte[] bytes =
          JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(new TreeMap<>(endpoints));
      Files.write(temporary, bytes);
      Files.move(
          temporary,
          endpointsFile(),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw unusable(root, e);
    }
  }

  /** Name of the ledger that the folder goes on with; empty while it has its first name. */
  Optional<String> readLog() {
    try {
      Path file = root.resolve(LOG_NAME);
      return Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.empty();
    } catch (IOException e) {
      throw unusable(root, e);
    }
  }

  void writeLog(Optional<String> name) {
    try {
      Path file = root.resolve(LOG_NAME);
      if (name.isPresent()) {
        Files.writeString(file, name.get() + "\n");
      } else {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw unusable(root, e);
    }
  }

  /**
   * Writes {@code jobs/<job>.properties}, options in alphabetical order, as a job's {@code
   * --config} reads them.
   */
  void writeJobOptions(String job, Map<String, String> options) {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(options)
        .forEach((key, value) -> text.append(key).append('=').append(escaped(value)).append('\n'));
    try {
      Files.createDirectories(root.resolve(JOBS));
      Files.writeString(
          root.resolve(JOBS).resolve(job + ".properties"), text, StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw unusable(root, e);
    }
  }

  /** Properties files are Latin-1, and a backslash begins an escape. */
  private static String escaped(String value) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\\') {
        text.append("\\\\");
      } else if (c < ' ' || c > '~') {
        text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }

  public void removeEndpoints() {
    try {
      Files.deleteIfExists(endpointsFile());
    } catch (IOException e) {
      throw unusable(root, e);
    }
  }

  /**
   * Asks the disk how much room is left.
   *
   * @throws StackException when less than {@link #FREE_BYTES_MIN} is free
   */
  public void checkFreeSpace() {
    long free;
    try {
      free = freeSpace.bytes(root);
    } catch (IOException e) {
      throw unusable(root, e);
    }
    if (free < FREE_BYTES_MIN) {
      throw new StackException(
          StackException.DISK_FULL,
          "expected at least "
              + (FREE_BYTES_MIN >> 20)
              + " MiB of free disk: freeMiB="
              + (free >> 20)
              + ", state="
              + root
              + ". Free some space, or name a folder on another disk with --state.");
    }
  }

  /** Removes the endpoints and gives the lock back. May be called twice. */
  @Override
  public void close() {
    synchronized (OPEN) {
      if (closed) {
        return;
      }
      closed = true;
      try {
        removeEndpoints();
        lock.release();
        channel.close();
      } catch (IOException e) {
        throw unusable(root, e);
      } finally {
        OPEN.remove(root);
      }
    }
  }

  private static StateDirectory openReal(Path root, FreeSpace freeSpace) {
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              root.resolve("lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      // Far behind the text, so that where locks are mandatory the text can still be read.
      FileLock lock = channel.tryLock(Long.MAX_VALUE - 1, 1, false);
      if (lock == null) {
        String holder = holder(root);
        channel.close();
        throw inUse(root, holder == null ? "unknown" : holder);
      }
      channel.truncate(0);
      byte[] pid =
          (ProcessHandle.current().pid() + System.lineSeparator()).getBytes(StandardCharsets.UTF_8);
      channel.write(ByteBuffer.wrap(pid), 0);
      StateDirectory state = new StateDirectory(root, channel, lock, freeSpace);
      state.prepare();
      return state;
    } catch (IOException e) {
      closeQuietly(channel, e);
      throw unusable(root, e);
    } catch (StackException e) {
      closeQuietly(channel, e);
      throw e;
    }
  }

  private void prepare() throws IOException {
    checkFreeSpace();
    for (Path folder : new Path[] {kafka(), postgres(), checkpoints(), flink(), keys(), logs()}) {
      Files.createDirectories(folder);
    }
    SecretFiles.ownerOnly(keys());
    // Left by a process that was killed.
    Files.deleteIfExists(endpointsFile());
  }

  private static FileStore fileStore(Path path) throws IOException {
    return Files.getFileStore(path);
  }

  private static StackException inUse(Path root, String holder) {
    return new StackException(
        StackException.STATE_IN_USE,
        "expected a state folder that nobody else uses: state="
            + root
            + ", process="
            + holder
            + ". Stop that one with knhk down, or name another folder with --state.");
  }

  private static StackException unusable(Path root, IOException e) {
    return new StackException(
        StackException.STATE_UNUSABLE,
        "expected a state folder that can be written: state="
            + root
            + ", problem="
            + e
            + ". Mend its permissions, or name another folder with --state.",
        e);
  }

  private static void closeQuietly(@Nullable FileChannel channel, Exception because) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        because.addSuppressed(e);
      }
    }
  }

  /** How much room a disk has. */
  interface FreeSpace {
    long bytes(Path path) throws IOException;
  }
}
