package io.knhk.jobs.launch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RootCauseTest {
  @Test
  void shouldNameTheDeepestCauseWhenSeveralAreNested() {
    assertThat(
            RootCause.of(
                """
                org.apache.flink.util.FlinkException: Could not submit
                \tat org.apache.flink.Client.main(Client.java:1)
                Caused by: java.lang.RuntimeException: outer
                \t... 3 more
                Caused by: java.net.ConnectException: refused
                \t... 5 more
                """))
        .isEqualTo("java.net.ConnectException: refused");
  }

  @Test
  void shouldSayWhatKnhkSaysWhereverItIsWhenItSaysSomething() {
    assertThat(
            RootCause.of(
                """
                org.apache.flink.runtime.execution.SuppressRestartsException: Unrecoverable failure.
                Caused by: java.lang.IllegalStateException: KNHK-1201: expected state as far as the log: state=3, log=7
                Caused by: java.lang.RuntimeException: deeper
                """))
        .isEqualTo("KNHK-1201: expected state as far as the log: state=3, log=7");
  }

  @Test
  void shouldKeepTheOnlyLineWhenThereIsNoCause() {
    assertThat(RootCause.of("  no such file\n")).isEqualTo("no such file");
    assertThat(RootCause.of("")).isEmpty();
  }
}
