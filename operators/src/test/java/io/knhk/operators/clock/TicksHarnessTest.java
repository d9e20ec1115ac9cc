package io.knhk.operators.clock;

import static io.knhk.operators.types.Harnesses.take;
import static io.knhk.operators.types.Samples.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.ledger.Dsse;
import io.knhk.ledger.Receipts;
import io.knhk.ledger.SigningKey;
import io.knhk.operators.types.ControlUpdate;
import io.knhk.operators.types.Harnesses;
import io.knhk.operators.types.RawRecord;
import io.knhk.operators.types.Samples;
import io.knhk.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.streaming.api.operators.StreamFlatMap;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TicksHarnessTest {
  private static final byte[] BODY =
      "{\"counter\":1,\"log\":\"log-1\"}".getBytes(StandardCharsets.US_ASCII);

  private final SigningKey key = Samples.newKey();
  @TempDir private Path folder;
  private OneInputStreamOperatorTestHarness<RawRecord, ControlUpdate> reader;

  @BeforeEach
  void open() throws Exception {
    reader =
        Harnesses.open(
            new OneInputStreamOperatorTestHarness<>(
                new StreamFlatMap<>(new TickReader("log-1", key.publicKey().toPem()))),
            null);
  }

  @AfterEach
  void close() throws Exception {
    reader.close();
  }

  @Test
  void shouldReadTickAtItsLogAppendTimeWhenWriterWroteIt() throws Exception {
    TickWriter writer = new TickWriter("log-1", Samples.keyFile(folder, key).toString());
    writer.open(null, null);

    read(writer.serialize(7L, null, null).value());

    assertThat(take(reader))
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactly(ControlUpdate.tick(T0));
  }

  @Test
  void shouldPassNothingOnWhenTheTickIsOfAnotherLogOrOfNone() throws Exception {
    TickWriter writer = new TickWriter("log-2", Samples.keyFile(folder, key).toString());
    writer.open(null, null);

    read(writer.serialize(7L, null, null).value());
    for (String body : List.of("{}", "[]", "{\"log\":1}", "{", "")) {
      byte[] payload = body.getBytes(StandardCharsets.US_ASCII);
      read(Dsse.sign(key, Receipts.TICK_PAYLOAD_TYPE, payload).toJson());
    }

    assertThat(take(reader)).isEmpty();
  }

  @Test
  void shouldPassNothingOnWhenTheTickIsNotSignedByATrustedKey() throws Exception {
    read(Dsse.sign(Samples.newKey(), Receipts.TICK_PAYLOAD_TYPE, BODY).toJson());
    Dsse.Envelope good = Dsse.sign(key, Receipts.TICK_PAYLOAD_TYPE, BODY);
    byte[] signature = good.signature();
    signature[0] ^= 1;
    read(new Dsse.Envelope(good.payloadType(), good.payload(), good.keyId(), signature).toJson());

    assertThat(take(reader)).isEmpty();
  }

  @Test
  void shouldPassNothingOnWhenTheMessageIsNoTick() throws Exception {
    read(Dsse.sign(key, Receipts.PAYLOAD_TYPE, BODY).toJson());
    read(new byte[0]);
    read(new byte[] {(byte) 0xff});
    read("[]".getBytes(StandardCharsets.US_ASCII));

    assertThat(take(reader)).isEmpty();
  }

  @Test
  void shouldThrowWhenWriterWasNotOpened() {
    TickWriter writer = new TickWriter("log-1", "none.pem");

    assertThatThrownBy(() -> writer.serialize(1L, null, null))
        .isInstanceOf(IllegalStateException.class);
  }

  private void read(byte[] value) throws Exception {
    reader.processElement(new StreamRecord<>(Samples.keyed(Topics.CONTROL, 0, T0, "tick", value)));
  }
}
