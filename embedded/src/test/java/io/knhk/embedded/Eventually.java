package io.knhk.embedded;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits for what another thread or process brings about, asking again until it is so. */
public final class Eventually {
  private static final long ASK_EVERY_MS = 50;

  private Eventually() {}

  public static void until(Duration within, String what, Callable<Boolean> holds) throws Exception {
    long deadline = System.nanoTime() + within.toNanos();
    CountDownLatch never = new CountDownLatch(1);
    while (!holds.call()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("expected within " + within + ": " + what);
      }
      never.await(ASK_EVERY_MS, TimeUnit.MILLISECONDS);
    }
  }
}
