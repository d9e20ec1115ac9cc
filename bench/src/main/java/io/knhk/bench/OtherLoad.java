package io.knhk.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How much of the machine was taken by programs that are no part of the measurement. */
final class OtherLoad {
  private final OperatingSystemMXBean process =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final long startNs = System.nanoTime();
  private final double startSeconds = seconds();

  /** Cores that others kept busy since this was made, on average; 0 where it cannot be known. */
  double cores() {
    double elapsed = (System.nanoTime() - startNs) / 1e9;
    return Math.max(0, (seconds() - startSeconds) / elapsed);
  }

  private double seconds() {
    return ProcessUse.machineCpuSeconds()
        - ProcessUse.postgresqlCpuSeconds()
        - process.getProcessCpuTime() / 1e9;
  }
}
