package io.knhk.flinkconf;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits for what another process brings about, asking again until it is so. */
final class Eventually {
  private static final long ASK_EVERY_MS = 50;

  private Eventually() {}

  /**
   * Asks until it holds. A question that cannot be answered now, because who should answer is down,
   * is asked again.
   *
   * @return how long that took
   */
  static Duration until(Duration within, String what, Callable<Boolean> holds)
      throws InterruptedException {
    long startNs = System.nanoTime();
    CountDownLatch never = new CountDownLatch(1);
    Exception last = null;
    while (true) {
      try {
        if (holds.call()) {
          return Duration.ofNanos(System.nanoTime() - startNs);
        }
        last = null;
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) { // whatever the question runs into while its other side is away
        last = e;
      }
      if (System.nanoTime() - startNs > within.toNanos()) {
        throw new AssertionError("expected within " + within + ": " + what, last);
      }
      never.await(ASK_EVERY_MS, TimeUnit.MILLISECONDS);
    }
  }

  /** Lets an outage last. What happens meanwhile is what is tested. */
  static void pass(Duration time) throws InterruptedException {
    new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
  }
}
