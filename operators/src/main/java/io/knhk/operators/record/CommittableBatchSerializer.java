package io.knhk.operators.record;

import io.knhk.operators.types.OutboundMessage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * Version 1: the number of messages as an int, then of each the topic, key and payload type as UTF,
 * the length of the body as an int, the body.
 */
final class CommittableBatchSerializer implements SimpleVersionedSerializer<CommittableBatch> {
  private static final int VERSION = 1;

  @Override
  public int getVersion() {
    return VERSION;
  }

  @Override
  public byte[] serialize(CommittableBatch batch) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(1024);
    out.writeInt(batch.messages().size());
    for (OutboundMessage message : batch.messages()) {
      out.writeUTF(message.topic());
      out.writeUTF(message.key());
      out.writeUTF(message.payloadType());
      out.writeInt(message.body().length);
      out.write(message.body());
    }
    return out.getCopyOfBuffer();
  }

  @Override
  public CommittableBatch deserialize(int version, byte[] serialized) throws IOException {
    if (version != VERSION) {
      throw new IOException("expected a known version: version=" + version + ", limit=" + VERSION);
    }
    DataInputDeserializer in = new DataInputDeserializer(serialized);
    int count = in.readInt();
    List<OutboundMessage> messages = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String topic = in.readUTF();
      String key = in.readUTF();
      String payloadType = in.readUTF();
      byte[] body = new byte[in.readInt()];
      in.readFully(body);
      messages.add(new OutboundMessage(topic, key, payloadType, body));
    }
    return new CommittableBatch(messages);
  }
}
