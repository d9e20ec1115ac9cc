package io.knhk.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;

class JobArgumentsTest {
  @Test
  void shouldSetBothOptionsWhenANewLogIsNamed() throws Exception {
    Configuration parsed =
        JobArguments.parse(new String[] {"--knhk.log", "first", "--new-log", "second"});

    assertThat(parsed.get(LedgerOptions.LOG)).isEqualTo("second");
    assertThat(parsed.get(LedgerOptions.NEW_LOG)).isTrue();
    assertThat(parsed.get(LedgerOptions.ACCEPT_REGRESSION)).isEmpty();
  }

  @Test
  void shouldKeepTheReasonAsItWasGivenWhenARegressionIsAccepted() throws Exception {
    Configuration parsed =
        JobArguments.parse(new String[] {"--accept-regression", "the disk: lost, on Tuesday"});

    assertThat(parsed.get(LedgerOptions.ACCEPT_REGRESSION)).isEqualTo("the disk: lost, on Tuesday");
    assertThat(parsed.get(LedgerOptions.NEW_LOG)).isFalse();
  }

  @Test
  void shouldSayWhatIsExpectedWhenAValueIsMissing() {
    assertThatThrownBy(() -> JobArguments.parse(new String[] {"--new-log"}))
        .hasMessageContaining("--new-log NAME");
    assertThatThrownBy(() -> JobArguments.parse(new String[] {"--accept-regression", "--new-log"}))
        .hasMessageContaining("expected --");
  }
}
