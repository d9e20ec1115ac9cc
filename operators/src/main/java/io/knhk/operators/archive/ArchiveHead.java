package io.knhk.operators.archive;

import java.io.IOException;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.jspecify.annotations.Nullable;

/**
 * State of a writer: how far it has seen a chain stored in the database.
 *
 * @param nextSeq one more than the highest number
 * @param lastHash hash of the receipt under that number; null exactly when {@code nextSeq} is 0
 */
record ArchiveHead(String log, String sector, long nextSeq, @Nullable String lastHash) {

  Chain chain() {
    return new Chain(log, sector);
  }

  /** Version 1: log, sector, next number, and the hash with an empty one for none. */
  static final class Serializer implements SimpleVersionedSerializer<ArchiveHead> {
    private static final int VERSION = 1;
    private static final int BYTES = 128;

    @Override
    public int getVersion() {
      return VERSION;
    }

    @Override
    public byte[] serialize(ArchiveHead head) throws IOException {
      DataOutputSerializer out = new DataOutputSerializer(BYTES);
      out.writeUTF(head.log());
      out.writeUTF(head.sector());
      out.writeLong(head.nextSeq());
      out.writeUTF(head.lastHash() == null ? "" : head.lastHash());
      return out.getCopyOfBuffer();
    }

    @Override
    public ArchiveHead deserialize(int version, byte[] bytes) throws IOException {
      if (version != VERSION) {
        throw new IOException(
            "expected a known version of the archive's state: version="
                + version
                + ", limit="
                + VERSION);
      }
      DataInputDeserializer in = new DataInputDeserializer(bytes);
      String log = in.readUTF();
      String sector = in.readUTF();
      long nextSeq = in.readLong();
      String lastHash = in.readUTF();
      return new ArchiveHead(log, sector, nextSeq, lastHash.isEmpty() ? null : lastHash);
    }
  }
}
