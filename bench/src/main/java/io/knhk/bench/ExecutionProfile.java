package io.knhk.bench;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where a stretch of time goes: CPU seconds by thread, PostgreSQL's beside them, and the JDK Flight
 * Recorder's samples by method.
 */
final class ExecutionProfile {
  private static final Set<String> IDLE =
      Set.of(
          "sun.nio.ch.EPoll.wait",
          "sun.nio.ch.Net.poll",
          "sun.nio.ch.Net.accept",
          "sun.nio.ch.SocketDispatcher.read0",
          "sun.nio.fs.LinuxWatchService.poll",
          "java.lang.ProcessHandleImpl.waitForProcessExit0");
  private static final Duration SAMPLE_EVERY = Duration.ofMillis(10);
  private static final int THREADS_SHOWN = 16;
  private static final int METHODS_SHOWN = 30;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final com.sun.management.OperatingSystemMXBean process =
      (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final Map<Long, Long> threadNs = new HashMap<>();
  private final Recording recording = new Recording();
  private double postgresqlSeconds;
  private long processNs;
  private long compilerMs;
  private long collectorMs;
  private Instant from = Instant.MAX;

  private ExecutionProfile() {
    recording.enable("jdk.ExecutionSample").withPeriod(SAMPLE_EVERY);
    recording.enable("jdk.NativeMethodSample").withPeriod(SAMPLE_EVERY);
  }

  /**
   * Starts the recorder, which makes the JVM compile anew what it has compiled: to be called before
   * the warm-up.
   */
  static ExecutionProfile start() {
    ExecutionProfile profile = new ExecutionProfile();
    profile.recording.start();
    return profile;
  }

  /** What was before does not count. */
  void mark() {
    for (long id : threads.getAllThreadIds()) {
      threadNs.put(id, threads.getThreadCpuTime(id));
    }
    postgresqlSeconds = ProcessUse.postgresqlCpuSeconds();
    processNs = process.getProcessCpuTime();
    compilerMs = compilerMs();
    collectorMs = collectorMs();
    from = Instant.now();
  }

  /** Ends it and says what was seen, for people. */
  List<String> stop() throws IOException {
    List<String> text = new ArrayList<>();
    cpu(text);
    recording.stop();
    Path file = Files.createTempFile("knhk-bench-", ".jfr");
    try {
      recording.dump(file);
      samples(file, text);
    } finally {
      recording.close();
      Files.delete(file);
    }
    return text;
  }

  private void cpu(List<String> text) {
    double total = (process.getProcessCpuTime() - processNs) / 1e9;
    Map<String, Double> byThread = new TreeMap<>();
    double java = 0;
    for (long id : threads.getAllThreadIds()) {
      ThreadInfo info = threads.getThreadInfo(id);
      long usedNs = threads.getThreadCpuTime(id) - threadNs.getOrDefault(id, 0L);
      if (info != null && usedNs > 0) {
        byThread.merge(group(info.getThreadName()), usedNs / 1e9, Double::sum);
        java += usedNs / 1e9;
      }
    }
    byThread.put("(JVM: compiler, garbage collector, RocksDB's threads)", total - java);
    byThread.put(
        "(PostgreSQL, its own processes)", ProcessUse.postgresqlCpuSeconds() - postgresqlSeconds);
    text.add(
        String.format(
            "just-in-time compiler %.2f s, garbage collector %.2f s",
            (compilerMs() - compilerMs) / 1e3, (collectorMs() - collectorMs) / 1e3));
    text.add("");
    text.add("CPU seconds by thread:");
    byThread.entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .limit(THREADS_SHOWN)
        .forEach(entry -> text.add(String.format("%8.2f  %s", entry.getValue(), entry.getKey())));
  }

  private static long compilerMs() {
    return ManagementFactory.getCompilationMXBean().getTotalCompilationTime();
  }

  private static long collectorMs() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
        .sum();
  }

  private void samples(Path file, List<String> text) throws IOException {
    Map<String, Long> self = new HashMap<>();
    Map<String, Long> inclusive = new HashMap<>();
    Map<String, Long> byThread = new HashMap<>();
    long all = 0;
    try (RecordingFile events = new RecordingFile(file)) {
      while (events.hasMoreEvents()) {
        RecordedEvent event = events.readEvent();
        if (event.getStartTime().isBefore(from)) {
          continue;
        }
        RecordedThread thread = event.getValue("sampledThread");
        RecordedStackTrace stack = event.getStackTrace();
        if (thread == null || stack == null || isIdle(stack)) {
          continue;
        }
        all++;
        byThread.merge(group(String.valueOf(thread.getJavaName())), 1L, Long::sum);
        Set<String> seen = new HashSet<>();
        for (RecordedFrame frame : stack.getFrames()) {
          String method = frame.getMethod().getType().getName() + "." + frame.getMethod().getName();
          if (seen.isEmpty()) {
            self.merge(method, 1L, Long::sum);
          }
          if (seen.add(method) && isTelling(method)) {
            inclusive.merge(method, 1L, Long::sum);
          }
        }
      }
    }
    top(text, "Samples by thread", byThread, all, THREADS_SHOWN);
    top(
        text,
        "Samples in or below a method (of KNHK, of state, of a serializer)",
        inclusive,
        all,
        METHODS_SHOWN * 2);
    top(text, "Samples in the method itself", self, all, METHODS_SHOWN);
  }

  /** The sampler takes a thread that waits in native code for one that works. */
  private static boolean isIdle(RecordedStackTrace stack) {
    RecordedFrame top = stack.getFrames().get(0);
    return IDLE.contains(top.getMethod().getType().getName() + "." + top.getMethod().getName());
  }

  private static boolean isTelling(String method) {
    return method.startsWith("io.knhk.")
        || method.startsWith("org.rocksdb.")
        || method.startsWith("org.apache.flink.state.rocksdb.")
        || method.startsWith("org.apache.kafka.clients.consumer.")
        || method.startsWith("org.bouncycastle.math.")
        || method.endsWith("Serializer.serialize")
        || method.endsWith("Serializer.deserialize")
        || method.endsWith("Serializer.copy")
        || method.endsWith("RecordWriterOutput.collect")
        || method.endsWith("CopyingChainingOutput.collect");
  }

  private static void top(
      List<String> text, String title, Map<String, Long> counts, long all, int shown) {
    text.add("");
    text.add(title + " (" + all + " in all):");
    counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(shown)
        .forEach(
            entry ->
                text.add(
                    String.format(
                        "%6.1f %%  %s",
                        100.0 * entry.getValue() / Math.max(1, all), entry.getKey())));
  }

  /** Instances of one task, and threads of one pool, are one. */
  private static String group(String thread) {
    return thread.replaceAll("\\(\\d+/\\d+\\)#\\d+", "").replaceAll("\\d+", "n").strip();
  }
}
