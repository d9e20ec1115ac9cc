package io.knhk.operators.notify;

/**
 * Which notifications wait in a lane: those from {@code first} up to and without {@code next}.
 *
 * @param first the one that is delivered now
 * @param next number of the next that comes
 */
public record QueueEnds(long first, long next) {
  static final QueueEnds EMPTY = new QueueEnds(0, 0);

  long size() {
    return next - first;
  }
}
