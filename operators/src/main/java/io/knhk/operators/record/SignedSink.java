package io.knhk.operators.record;

import io.knhk.operators.types.OutboundMessage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Signs and sends nothing before the state that numbered it is durable: what is written is a
 * committable of the next checkpoint, and only once that has completed does {@link
 * SigningCommitter} sign it. A failure before leaves no trace; one after sends the identical bytes
 * again, since the bodies are in the checkpoint and Ed25519 is deterministic.
 */
public final class SignedSink
    implements Sink<OutboundMessage>, SupportsCommitter<CommittableBatch> {
  private static final long serialVersionUID = 1L;

  private final SignedSinkOptions options;

  public SignedSink(SignedSinkOptions options) {
    this.options = options;
  }

  @Override
  public SinkWriter<OutboundMessage> createWriter(WriterInitContext context) {
    return new BatchingWriter();
  }

  @Override
  public Committer<CommittableBatch> createCommitter(CommitterInitContext context)
      throws IOException {
    return SigningCommitter.open(options, context.metricGroup());
  }

  @Override
  public SimpleVersionedSerializer<CommittableBatch> getCommittableSerializer() {
    return new CommittableBatchSerializer();
  }

  /**
   * Holds what arrived since the last checkpoint; back-pressure bounds it, as record bounds its
   * drafts.
   */
  private static final class BatchingWriter
      implements CommittingSinkWriter<OutboundMessage, CommittableBatch> {
    private List<OutboundMessage> messages = new ArrayList<>();

    @Override
    public void write(OutboundMessage message, Context context) {
      messages.add(message);
    }

    @Override
    public void flush(boolean endOfInput) {
      // Nothing leaves before the checkpoint completes.
    }

    @Override
    public Collection<CommittableBatch> prepareCommit() throws IOException {
      if (messages.isEmpty()) {
        return List.of();
      }
      CommittableBatch batch = new CommittableBatch(messages);
      messages = new ArrayList<>();
      return List.of(batch);
    }

    @Override
    public void close() {
      messages.clear();
    }
  }
}
