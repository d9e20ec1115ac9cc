package io.knhk.operators.analyze;

import static io.knhk.operators.types.Samples.T0;
import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.operators.types.ControlUpdate;
import io.knhk.operators.types.Harnesses;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProgressViewHarnessTest {
  private static final int MAX = ProgressView.SOURCES_MAX;

  private ProgressView view;
  private OneInputStreamOperatorTestHarness<Long, Long> harness;

  @BeforeEach
  void open() throws Exception {
    open(null);
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void shouldForgetTheOneHeardLongestAgoWhenThereAreTooMany() throws Exception {
    for (int i = 0; i < MAX; i++) {
      hear("urn:" + i, T0 + i, T0 + i);
    }
    ProgressView.Source first = view.of("finance", "urn:0");
    ProgressView.Source second = view.of("finance", "urn:1");
    hear("urn:0", T0 + 1, T0 + MAX);

    hear("urn:one-more", T0, T0 + MAX + 1);

    assertThat(view.size()).isEqualTo(MAX);
    assertThat(view.of("finance", "urn:0")).isSameAs(first);
    assertThat(view.of("finance", "urn:1").clockMs()).isEqualTo(Long.MIN_VALUE);
    assertThat(view.now(second, "finance", "urn:1")).isSameAs(second);
    assertThat(second.clockMs()).isEqualTo(T0 + 1);
  }

  @Test
  void shouldFindTheSourceAgainWhenItWasForgottenAndIsHeardAgain() throws Exception {
    hear("urn:held", T0, T0);
    ProgressView.Source held = view.of("finance", "urn:held");
    for (int i = 0; i < MAX; i++) {
      hear("urn:" + i, T0, T0 + 1 + i);
    }
    assertThat(view.now(held, "finance", "urn:held")).isSameAs(held);

    hear("urn:held", T0 + 5_000, T0 + MAX + 1);

    ProgressView.Source now = view.now(held, "finance", "urn:held");
    assertThat(now.clockMs()).isEqualTo(T0 + 5_000);
    hear("urn:held", T0 + 6_000, T0 + MAX + 2);
    assertThat(now.clockMs()).isEqualTo(T0 + 6_000);
  }

  @Test
  void shouldFindTheSourceWhenItWasAskedForBeforeItWasHeard() throws Exception {
    ProgressView.Source unheard = view.of("finance", "urn:a");
    assertThat(unheard.clockMs()).isEqualTo(Long.MIN_VALUE);
    assertThat(unheard.isEnded()).isFalse();
    assertThat(view.size()).isZero();

    hear("urn:a", T0, T0);

    assertThat(view.now(unheard, "finance", "urn:a").clockMs()).isEqualTo(T0);
    assertThat(view.now(unheard, "energy", "urn:a")).isSameAs(unheard);
  }

  @Test
  void shouldKeepOnlyWhatItKnowsWhenRestoredAtFourAndAtOneAgain() throws Exception {
    for (int i = 0; i < MAX + 10; i++) {
      hear("urn:" + i, T0 + i, T0 + i);
    }
    List<OperatorSubtaskState> states = List.of(harness.snapshot(1, 0));
    for (int parallelism : new int[] {4, 1}) {
      List<OperatorSubtaskState> restored = Harnesses.rescale(states, parallelism);
      List<OperatorSubtaskState> next = new ArrayList<>();
      for (OperatorSubtaskState state : restored) {
        harness.close();
        open(state);
        assertThat(view.size()).isEqualTo(MAX);
        assertThat(view.of("finance", "urn:9").clockMs()).isEqualTo(Long.MIN_VALUE);
        assertThat(view.of("finance", "urn:10").clockMs()).isEqualTo(T0 + 10);
        next.add(harness.snapshot(2, 0));
      }
      states = next;
    }
    hear("urn:new", T0, T0 + MAX + 20);
    assertThat(view.size()).isEqualTo(MAX);
    assertThat(view.of("finance", "urn:10").clockMs()).isEqualTo(Long.MIN_VALUE);
  }

  private void hear(String source, long clockMs, long recordedAtMs) throws Exception {
    view.apply(ControlUpdate.progress("finance", source, clockMs, clockMs, recordedAtMs));
  }

  private void open(@Nullable OperatorSubtaskState state) throws Exception {
    harness = Harnesses.open(new OneInputStreamOperatorTestHarness<>(new Holder()), state);
  }

  /** An operator that does nothing but have the state. */
  private final class Holder extends AbstractStreamOperator<Long>
      implements OneInputStreamOperator<Long, Long> {
    private static final long serialVersionUID = 1L;

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
      super.initializeState(context);
      view = ProgressView.open(context.getOperatorStateStore());
    }

    @Override
    public void processElement(StreamRecord<Long> element) {
      throw new UnsupportedOperationException();
    }
  }
}
