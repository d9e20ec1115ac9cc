package io.knhk.knowledge.governance;

/** What governance says to somebody who asks for something. */
public sealed interface Answer<T> {
  record Accepted<T>(T value) implements Answer<T> {}

  /**
   * @param detail one line for a person: what was expected
   */
  record Refused<T>(Refusal reason, String detail) implements Answer<T> {
    /** The same refusal, of something else that was asked for. */
    public <U> Refused<U> as() {
      return new Refused<>(reason, detail);
    }
  }

  static <T> Answer<T> accepted(T value) {
    return new Accepted<>(value);
  }

  static <T> Answer<T> refused(Refusal reason, String detail) {
    return new Refused<>(reason, detail);
  }
}
