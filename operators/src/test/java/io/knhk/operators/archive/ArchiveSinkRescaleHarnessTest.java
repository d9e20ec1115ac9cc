package io.knhk.operators.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.operators.types.Harnesses;
import io.knhk.operators.types.Rescaling;
import io.knhk.operators.types.StateContents;
import io.knhk.schemas.Sectors;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessageTypeInfo;
import org.apache.flink.streaming.runtime.operators.sink.SinkWriterOperatorFactory;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How far each chain was seen stored; what a writer does with it needs a database. */
@SuppressWarnings("try") // Harnesses close with any exception.
class ArchiveSinkRescaleHarnessTest {
  private static final List<ArchiveHead> HEADS =
      Sectors.ALL.stream()
          .map(sector -> new ArchiveHead(Receipted.LOG, sector, 7, "ab".repeat(32)))
          .toList();

  /** Writes into its state what a writer has after it stored the heads. */
  private static final class AfterStoring
      implements Sink<ArchiveRow>, SupportsWriterState<ArchiveRow, ArchiveHead> {
    private static final long serialVersionUID = 1L;

    @Override
    public StatefulSinkWriter<ArchiveRow, ArchiveHead> createWriter(WriterInitContext context) {
      return new StatefulSinkWriter<>() {
        @Override
        public List<ArchiveHead> snapshotState(long checkpointId) {
          return HEADS;
        }

        @Override
        public void write(ArchiveRow row, Context context) {}

        @Override
        public void flush(boolean endOfInput) {}

        @Override
        public void close() {}
      };
    }

    @Override
    public StatefulSinkWriter<ArchiveRow, ArchiveHead> restoreWriter(
        WriterInitContext context, Collection<ArchiveHead> recovered) {
      return createWriter(context);
    }

    @Override
    public SimpleVersionedSerializer<ArchiveHead> getWriterStateSerializer() {
      return new ArchiveHead.Serializer();
    }
  }

  @Test
  void shouldKeepEveryHeadOnceWhenOneBecomesFourBecomesOne() throws Exception {
    OperatorSubtaskState one;
    try (var writer = open(new AfterStoring(), null, 1, 0)) {
      one = writer.snapshot(1, 0);
    }
    ArchiveSink sink =
        new ArchiveSink(
            ArchiveSinkOptions.of("jdbc:postgresql://localhost/none", "nobody", "none"),
            Receipted.PEM);

    OperatorSubtaskState back =
        Rescaling.oneFourOne(one, (state, of, at) -> open(sink, state, of, at));

    try (var writer = open(sink, back, 1, 0)) {
      assertThat(StateContents.of(writer).elements().get("writer_raw_states"))
          .hasSize(HEADS.size());
    }
  }

  private static OneInputStreamOperatorTestHarness<ArchiveRow, CommittableMessage<Void>> open(
      Sink<ArchiveRow> sink, @Nullable OperatorSubtaskState state, int parallelism, int subtask)
      throws Exception {
    return Harnesses.open(
        new OneInputStreamOperatorTestHarness<>(
            new SinkWriterOperatorFactory<ArchiveRow, Void>(sink),
            Harnesses.MAX_PARALLELISM,
            parallelism,
            subtask),
        state,
        CommittableMessageTypeInfo.noOutput().createSerializer(new SerializerConfigImpl()));
  }
}
