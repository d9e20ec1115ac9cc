package io.knhk.knowledge;

import java.io.Serializable;

/**
 * The figures that the stages hold a change against. What is beyond one fails its stage with a
 * witness that names both. Deployment gives them; {@link #DEFAULT} is what the handbook names.
 *
 * @param hotStepsMax steps of any compiled check of a value or an attribute, see {@link HotSteps};
 *     default 8
 * @param warmWorkMsMax milliseconds of compiling and broadcasting the change, counted work times
 *     costs; default 100
 * @param memoryBytesMax bytes that the sector's compiled form and its watched keys may take;
 *     default 1 GiB
 * @param tailMsMax milliseconds that judging all keys of one event type at once may take; default
 *     500
 * @param nonConformingShareMax share, 0 to 1, of the recent observations of an event type that
 *     conformed before and may fail after; default 0.01
 * @param observationNsMax nanoseconds that checking one observation may take, counted work times
 *     costs; default 2,000
 * @param fullShapesMsMax milliseconds for the shapes that a change makes the static stage evaluate
 *     in full; default 1,000
 * @param shadowTestsMax shadow tests of a sector; default 100
 * @param shadowTestsMsMax milliseconds for all of a sector's shadow tests together, a fence behind
 *     the bound on what they read; default 5,000
 * @param costs what a counted unit of work costs
 */
public record ValidationLimits(
    int hotStepsMax,
    long warmWorkMsMax,
    long memoryBytesMax,
    long tailMsMax,
    double nonConformingShareMax,
    long observationNsMax,
    long fullShapesMsMax,
    int shadowTestsMax,
    long shadowTestsMsMax,
    Costs costs)
    implements Serializable {
  public static final ValidationLimits DEFAULT = builder().build();

  public ValidationLimits {
    atLeast("hotStepsMax", hotStepsMax, 1);
    atLeast("warmWorkMsMax", warmWorkMsMax, 1);
    atLeast("memoryBytesMax", memoryBytesMax, 1);
    atLeast("tailMsMax", tailMsMax, 1);
    if (!(nonConformingShareMax >= 0 && nonConformingShareMax <= 1)) {
      throw new IllegalArgumentException(
          "expected a share from 0 to 1: nonConformingShareMax=" + nonConformingShareMax);
    }
    atLeast("observationNsMax", observationNsMax, 1);
    atLeast("fullShapesMsMax", fullShapesMsMax, 1);
    atLeast("shadowTestsMax", shadowTestsMax, 0);
    atLeast("shadowTestsMsMax", shadowTestsMsMax, 1);
  }

  /** With every figure at its default. */
  public static Builder builder() {
    return new Builder();
  }

  /** With the figures of these limits, to change some. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /**
   * What counted work costs, calibrated on the machines that run it. Only these turn counts into
   * times, so a replay with the same costs decides the same, however fast it runs. The defaults are
   * those of a busy machine of 2 cores.
   *
   * @param stepNs nanoseconds of one step of a compiled check; default 5
   * @param byteNs nanoseconds of one byte of text that a check hashes or compares; default 0.5
   * @param nodeNs nanoseconds of looking up what is said of one node; default 20,000
   * @param propertyNs nanoseconds of compiling one attribute of one event type; default 20,000
   * @param compiledByteNs nanoseconds of encoding, signing, sending and decoding one byte of the
   *     compiled form; default 60
   * @param judgedNs nanoseconds of one detector judging one bucket of one key; default 300
   * @param keyBytes bytes of state of one watched key; default 512
   * @param typeKeys keys of an event type that is watched as a whole: its sources; default 1,000
   * @param subjectKeys keys of an event type each of whose subjects is watched; default 100,000
   * @param catchUpMs milliseconds of event time that may have to be judged at once after a gap;
   *     default 60,000
   */
  public record Costs(
      double stepNs,
      double byteNs,
      double nodeNs,
      double propertyNs,
      double compiledByteNs,
      double judgedNs,
      long keyBytes,
      long typeKeys,
      long subjectKeys,
      long catchUpMs)
      implements Serializable {
    public static final Costs DEFAULT =
        new Costs(5, 0.5, 20_000, 20_000, 60, 300, 512, 1_000, 100_000, 60_000);

    public Costs {
      notNegative("stepNs", stepNs);
      notNegative("byteNs", byteNs);
      notNegative("nodeNs", nodeNs);
      notNegative("propertyNs", propertyNs);
      notNegative("compiledByteNs", compiledByteNs);
      notNegative("judgedNs", judgedNs);
      atLeast("keyBytes", keyBytes, 0);
      atLeast("typeKeys", typeKeys, 0);
      atLeast("subjectKeys", subjectKeys, 0);
      atLeast("catchUpMs", catchUpMs, 0);
    }
  }

  /** Each figure at its default until it is set; {@link #build} checks them. */
  public static final class Builder {
    private int hotStepsMax = 8;
    private long warmWorkMsMax = 100;
    private long memoryBytesMax = 1L << 30;
    private long tailMsMax = 500;
    private double nonConformingShareMax = 0.01;
    private long observationNsMax = 2_000;
    private long fullShapesMsMax = 1_000;
    private int shadowTestsMax = 100;
    private long shadowTestsMsMax = 5_000;
    private Costs costs = Costs.DEFAULT;

    private Builder() {}

    private Builder(ValidationLimits from) {
      hotStepsMax = from.hotStepsMax;
      warmWorkMsMax = from.warmWorkMsMax;
      memoryBytesMax = from.memoryBytesMax;
      tailMsMax = from.tailMsMax;
      nonConformingShareMax = from.nonConformingShareMax;
      observationNsMax = from.observationNsMax;
      fullShapesMsMax = from.fullShapesMsMax;
      shadowTestsMax = from.shadowTestsMax;
      shadowTestsMsMax = from.shadowTestsMsMax;
      costs = from.costs;
    }

    public Builder hotStepsMax(int steps) {
      hotStepsMax = steps;
      return this;
    }

    public Builder warmWorkMsMax(long ms) {
      warmWorkMsMax = ms;
      return this;
    }

    public Builder memoryBytesMax(long bytes) {
      memoryBytesMax = bytes;
      return this;
    }

    public Builder tailMsMax(long ms) {
      tailMsMax = ms;
      return this;
    }

    public Builder nonConformingShareMax(double share) {
      nonConformingShareMax = share;
      return this;
    }

    public Builder observationNsMax(long ns) {
      observationNsMax = ns;
      return this;
    }

    public Builder fullShapesMsMax(long ms) {
      fullShapesMsMax = ms;
      return this;
    }

    public Builder shadowTestsMax(int tests) {
      shadowTestsMax = tests;
      return this;
    }

    public Builder shadowTestsMsMax(long ms) {
      shadowTestsMsMax = ms;
      return this;
    }

    public Builder costs(Costs costs) {
      this.costs = costs;
      return this;
    }

    /**
     * @throws IllegalArgumentException that names the figure which is out of its range
     */
    public ValidationLimits build() {
      return new ValidationLimits(
          hotStepsMax,
          warmWorkMsMax,
          memoryBytesMax,
          tailMsMax,
          nonConformingShareMax,
          observationNsMax,
          fullShapesMsMax,
          shadowTestsMax,
          shadowTestsMsMax,
          costs);
    }
  }

  private static void atLeast(String name, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "expected at least: " + name + "=" + value + ", limit=" + least);
    }
  }

  private static void notNegative(String name, double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("expected a cost of at least 0: " + name + "=" + value);
    }
  }
}
