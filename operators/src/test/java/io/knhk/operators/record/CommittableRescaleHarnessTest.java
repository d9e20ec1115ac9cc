package io.knhk.operators.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.operators.types.Harnesses;
import io.knhk.operators.types.OutboundMessage;
import io.knhk.operators.types.Rescaling;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessageTypeInfo;
import org.apache.flink.streaming.api.connector.sink2.CommittableSummary;
import org.apache.flink.streaming.api.connector.sink2.CommittableWithLineage;
import org.apache.flink.streaming.runtime.operators.sink.CommitterOperatorFactory;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What was numbered and not yet signed, in Flink's committing operator: after a restore with
 * another parallelism every batch is committed by somebody, once, and in order.
 */
@SuppressWarnings("try") // Harnesses close with any exception.
class CommittableRescaleHarnessTest {
  private static final List<CommittableBatch> COMMITTED = new ArrayList<>();
  private static final long CHECKPOINT = 7;

  /** Ours but for the broker: it notes what it should sign and send. */
  private static final class Noting
      implements Sink<OutboundMessage>, SupportsCommitter<CommittableBatch> {
    private static final long serialVersionUID = 1L;

    @Override
    public SinkWriter<OutboundMessage> createWriter(WriterInitContext context) {
      throw new UnsupportedOperationException("expected to commit only");
    }

    @Override
    public Committer<CommittableBatch> createCommitter(CommitterInitContext context) {
      return new Committer<>() {
        @Override
        public void commit(Collection<CommitRequest<CommittableBatch>> requests) {
          requests.forEach(request -> COMMITTED.add(request.getCommittable()));
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public SimpleVersionedSerializer<CommittableBatch> getCommittableSerializer() {
      return new CommittableBatchSerializer();
    }
  }

  @BeforeEach
  void forget() {
    COMMITTED.clear();
  }

  @Test
  void shouldCommitEachBatchOnceWhenOneBecomesFourBecomesOne() throws Exception {
    OperatorSubtaskState one = pending(1, 0);
    assertThat(COMMITTED).isEmpty();

    List<OperatorSubtaskState> four = restore(List.of(one), Rescaling.MOST);
    assertThat(subjects()).containsExactly("0/7", "0/8");

    restore(four, 1);
    assertThat(subjects()).hasSize(2);
  }

  @Test
  void shouldCommitEachBatchOnceWhenFourBecomeOne() throws Exception {
    List<OperatorSubtaskState> four = new ArrayList<>();
    for (int subtask = 0; subtask < Rescaling.MOST; subtask++) {
      four.add(pending(Rescaling.MOST, subtask));
    }

    restore(four, 1);

    assertThat(subjects())
        .containsExactlyInAnyOrder("0/7", "0/8", "1/7", "1/8", "2/7", "2/8", "3/7", "3/8");
    for (int subtask = 0; subtask < Rescaling.MOST; subtask++) {
      String prefix = subtask + "/";
      assertThat(subjects().stream().filter(s -> s.startsWith(prefix)))
          .as("the older checkpoint first")
          .containsExactly(prefix + "7", prefix + "8");
    }
  }

  /** A subtask that has a batch of each of two checkpoints, and has heard of neither's end. */
  private static OperatorSubtaskState pending(int parallelism, int subtask) throws Exception {
    try (var committer = open(parallelism, subtask)) {
      committer.initializeEmptyState();
      committer.open();
      for (long checkpoint : new long[] {CHECKPOINT, CHECKPOINT + 1}) {
        OutboundMessage message =
            new OutboundMessage("topic", subtask + "/" + checkpoint, "type", new byte[] {1});
        committer.processElement(
            new StreamRecord<>(new CommittableSummary<>(subtask, parallelism, checkpoint, 1, 0)));
        committer.processElement(
            new StreamRecord<>(
                new CommittableWithLineage<>(
                    new CommittableBatch(List.of(message)), checkpoint, subtask)));
      }
      return committer.snapshot(CHECKPOINT + 1, 0);
    }
  }

  private static List<OperatorSubtaskState> restore(
      List<OperatorSubtaskState> from, int parallelism) throws Exception {
    List<OperatorSubtaskState> states = new ArrayList<>();
    for (int subtask = 0; subtask < parallelism; subtask++) {
      try (var committer = open(parallelism, subtask)) {
        committer.setRestoredCheckpointId(CHECKPOINT + 1);
        committer.initializeState(Harnesses.rescale(from, parallelism).get(subtask));
        committer.open();
        states.add(committer.snapshot(CHECKPOINT + 2, 0));
      }
    }
    return states;
  }

  private static List<String> subjects() {
    return COMMITTED.stream().map(batch -> batch.messages().get(0).key()).toList();
  }

  private static OneInputStreamOperatorTestHarness<
          CommittableMessage<CommittableBatch>, CommittableMessage<CommittableBatch>>
      open(int parallelism, int subtask) throws Exception {
    var committer =
        new OneInputStreamOperatorTestHarness<
            CommittableMessage<CommittableBatch>, CommittableMessage<CommittableBatch>>(
            new CommitterOperatorFactory<>(new Noting(), false, true),
            Harnesses.MAX_PARALLELISM,
            parallelism,
            subtask);
    committer.setup(
        CommittableMessageTypeInfo.of(CommittableBatchSerializer::new)
            .createSerializer(new SerializerConfigImpl()));
    return committer;
  }
}
