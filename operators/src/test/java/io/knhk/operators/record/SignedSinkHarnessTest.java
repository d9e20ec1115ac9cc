package io.knhk.operators.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.ledger.SigningKey;
import io.knhk.operators.types.Harnesses;
import io.knhk.operators.types.OutboundMessage;
import io.knhk.operators.types.Samples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessageTypeInfo;
import org.apache.flink.streaming.api.connector.sink2.CommittableWithLineage;
import org.apache.flink.streaming.runtime.operators.sink.SinkWriterOperatorFactory;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The writer in Flink's sink operator; the committer needs a broker and has its test with one. */
@SuppressWarnings("try") // Harnesses close with any exception.
class SignedSinkHarnessTest {
  private static final SignedSink SINK =
      new SignedSink(new SignedSinkOptions(new Properties(), "none.pem", "00".repeat(32)));

  @TempDir private Path folder;

  @Test
  void shouldHandOutNothingWhenNoCheckpointIsTaken() throws Exception {
    try (var writer = open(null)) {
      writer.processElement(new StreamRecord<>(message(1)));

      assertThat(batches(writer)).isEmpty();
    }
  }

  @Test
  void shouldHandOutOneBatchInOrderWhenBarrierComes() throws Exception {
    try (var writer = open(null)) {
      for (int i = 0; i < 5; i++) {
        writer.processElement(new StreamRecord<>(message(i)));
      }
      Harnesses.barrier(writer, 1);
      assertThat(batches(writer))
          .usingRecursiveFieldByFieldElementComparator()
          .containsExactly(
              new CommittableBatch(
                  List.of(message(0), message(1), message(2), message(3), message(4))));

      writer.processElement(new StreamRecord<>(message(9)));
      Harnesses.barrier(writer, 2);
      assertThat(batches(writer))
          .usingRecursiveFieldByFieldElementComparator()
          .containsExactly(new CommittableBatch(List.of(message(9))));
    }
  }

  @Test
  void shouldHandOutNoBatchWhenNothingCame() throws Exception {
    try (var writer = open(null)) {
      Harnesses.barrier(writer, 1);

      assertThat(batches(writer)).isEmpty();
    }
  }

  @Test
  void shouldForgetWhatNoCheckpointHoldsWhenRestored() throws Exception {
    OperatorSubtaskState state;
    try (var writer = open(null)) {
      state = Harnesses.barrier(writer, 1);
      writer.processElement(new StreamRecord<>(message(1)));
    }
    try (var writer = open(state)) {
      Harnesses.barrier(writer, 2);

      assertThat(batches(writer)).isEmpty();
    }
  }

  @Test
  void shouldRefuseToCommitWhenKeyIsAnother() throws IOException {
    SigningKey other = Samples.newKey();
    Path file = Samples.keyFile(folder, other);
    SignedSinkOptions options =
        new SignedSinkOptions(new Properties(), file.toString(), "00".repeat(32));

    assertThatThrownBy(() -> SigningCommitter.open(options, new UnregisteredMetricsGroup()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("keyId=" + other.publicKey().keyId())
        .hasMessageContaining("submitted=" + "00".repeat(32));
  }

  @Test
  void shouldRefuseToCommitWhenThereIsNoKey() {
    SignedSinkOptions options =
        new SignedSinkOptions(
            new Properties(), folder.resolve("none.pem").toString(), "00".repeat(32));

    assertThatThrownBy(() -> SigningCommitter.open(options, new UnregisteredMetricsGroup()))
        .isInstanceOf(IOException.class);
  }

  private static OutboundMessage message(int i) {
    return new OutboundMessage("topic", "key" + i, "type", new byte[] {(byte) i});
  }

  private static List<CommittableBatch> batches(
      OneInputStreamOperatorTestHarness<OutboundMessage, CommittableMessage<CommittableBatch>>
          writer) {
    List<CommittableBatch> batches = new ArrayList<>();
    for (CommittableMessage<CommittableBatch> message : Harnesses.take(writer)) {
      if (message instanceof CommittableWithLineage<CommittableBatch> batch) {
        batches.add(batch.getCommittable());
      }
    }
    return batches;
  }

  private static OneInputStreamOperatorTestHarness<
          OutboundMessage, CommittableMessage<CommittableBatch>>
      open(@Nullable OperatorSubtaskState state) throws Exception {
    return Harnesses.open(
        new OneInputStreamOperatorTestHarness<>(
            new SinkWriterOperatorFactory<OutboundMessage, CommittableBatch>(SINK),
            Harnesses.MAX_PARALLELISM,
            1,
            0),
        state,
        CommittableMessageTypeInfo.of(SINK::getCommittableSerializer)
            .createSerializer(new SerializerConfigImpl()));
  }
}
