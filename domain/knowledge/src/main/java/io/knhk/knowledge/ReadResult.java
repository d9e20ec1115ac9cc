package io.knhk.knowledge;

/** What became of reading something that somebody else wrote. */
public sealed interface ReadResult<T> {
  record Read<T>(T value) implements ReadResult<T> {}

  /** Nothing was read. */
  record Refused<T>(Refusal refusal) implements ReadResult<T> {}
}
