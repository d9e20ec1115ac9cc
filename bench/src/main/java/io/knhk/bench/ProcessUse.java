package io.knhk.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What processes use, as Linux's {@code /proc} says; zero elsewhere. */
final class ProcessUse {
  private static final Path PROC = Path.of("/proc");

  /** Of the two times in {@code stat}. It is 100 on every Linux that a JVM of today runs on. */
  private static final double TICKS_PER_SECOND = 100;

  /** Of the machine's times in {@code stat}: user to stolen, of which two are no work. */
  private static final int CPU_FIELDS = 8;

  private static final int IDLE = 4;
  private static final int IO_WAIT = 5;

  /** Of a process's {@code stat}, counted from its state. */
  private static final int USER_TIME = 11;

  private static final int SYSTEM_TIME = 12;

  private ProcessUse() {}

  /** CPU time of the PostgreSQL servers that run on this machine, ended children not included. */
  static double postgresqlCpuSeconds() {
    double ticks = 0;
    for (long pid : pids()) {
      if (text(pid, "comm").strip().equals("postgres")) {
        String stat = text(pid, "stat");
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
        if (fields.length > SYSTEM_TIME) {
          ticks += Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME]);
        }
      }
    }
    return ticks / TICKS_PER_SECOND;
  }

  /** CPU time that the whole machine has spent since it was started, not counting idle time. */
  static double machineCpuSeconds() {
    String[] fields = text("stat").lines().findFirst().orElse("").split(" +", -1);
    double ticks = 0;
    for (int i = 1; i < fields.length && i <= CPU_FIELDS; i++) {
      ticks += i == IDLE || i == IO_WAIT ? 0 : Long.parseLong(fields[i]);
    }
    return ticks / TICKS_PER_SECOND;
  }

  /** The most that the process has ever had resident, in bytes. */
  static long peakResidentBytes(long pid) {
    return kibibytes(text(pid, "status"), "VmHWM:") << 10;
  }

  /** What the process has resident now, what it shares with others shared out between them. */
  static long proportionalBytes(long pid) {
    return kibibytes(text(pid, "smaps_rollup"), "Pss:") << 10;
  }

  /** The process and its children. */
  static List<Long> family(long parent) {
    List<Long> family = new ArrayList<>();
    for (long pid : pids()) {
      if (pid == parent || number(text(pid, "status"), "PPid:") == parent) {
        family.add(pid);
      }
    }
    return family;
  }

  private static List<Long> pids() {
    if (!Files.isDirectory(PROC)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(PROC)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> name.chars().allMatch(Character::isDigit))
          .map(Long::valueOf)
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static long kibibytes(String text, String label) {
    return Math.max(0, number(text, label));
  }

  private static long number(String text, String label) {
    return text.lines()
        .filter(line -> line.startsWith(label))
        .map(line -> line.substring(label.length()).replace("kB", "").strip())
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElse(-1);
  }

  /** Empty when the process has ended meanwhile, or its files are not ours to read. */
  private static String text(long pid, String file) {
    return text(pid + "/" + file);
  }

  private static String text(String file) {
    try {
      return Files.readString(PROC.resolve(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}
