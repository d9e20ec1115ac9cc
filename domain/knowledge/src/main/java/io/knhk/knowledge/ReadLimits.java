package io.knhk.knowledge;

/**
 * How much may be read at once.
 *
 * @param bytesMax of one document
 * @param triplesMax of one document
 * @param stepsMax work spent on naming its blank nodes, see {@link Rdfc10}
 */
record ReadLimits(int bytesMax, int triplesMax, long stepsMax) {
  /** A file that an operator imports: some seconds of work at most. */
  static final ReadLimits FILE = new ReadLimits(16 * 1024 * 1024, Snapshot.TRIPLES_MAX, 2_000_000);

  /** A text in a control message: it is read within a job, so its work is far less. */
  static final ReadLimits MESSAGE = new ReadLimits(256 * 1024, 10_000, 100_000);

  /** A snapshot that KNHK wrote itself. */
  static final ReadLimits SNAPSHOT =
      new ReadLimits(128 * 1024 * 1024, Snapshot.TRIPLES_MAX, 2_000_000);

  /** Levels of brackets, elements or objects in one another. */
  static final int NESTING_MAX = 64;

  /** Characters of all triples together once prefixes, bases and contexts are written out. */
  static final int EXPANDED_CHARS_MAX = 64 * 1024 * 1024;
}
