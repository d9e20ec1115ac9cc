package io.knhk.operators.control;

import static io.knhk.operators.types.Harnesses.take;
import static io.knhk.operators.types.Samples.T0;
import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.ledger.Dsse;
import io.knhk.ledger.Receipts;
import io.knhk.ledger.SigningKey;
import io.knhk.operators.types.DeadLetter;
import io.knhk.operators.types.Edges;
import io.knhk.operators.types.RawRecord;
import io.knhk.operators.types.Samples;
import io.knhk.operators.types.SectorSignal;
import io.knhk.schemas.Topics;
import io.knhk.schemas.control.ControlContent;
import io.knhk.schemas.control.ControlKind;
import io.knhk.schemas.control.ControlMessage;
import io.knhk.schemas.control.ControlMessageCodec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ControlReaderHarnessTest {
  private static final SigningKey KEY = Samples.newKey();

  private OneInputStreamOperatorTestHarness<RawRecord, SectorSignal> reader;

  @BeforeEach
  void open() throws Exception {
    reader = new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(new ControlReader("a")));
    reader.open();
  }

  @AfterEach
  void close() throws Exception {
    reader.close();
  }

  @Test
  void shouldHandAMessageToItsSectorWhateverTheRecordsKeySays() throws Exception {
    RawRecord record = record(sign(ControlKind.WITHDRAWAL, withdrawal("a", "energy")));

    read(record);

    assertThat(take(reader))
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactly(SectorSignal.control("energy", record));
    assertThat(letters()).isEmpty();
  }

  @Test
  void shouldPassOverTicksAndOtherLedgers() throws Exception {
    read(
        record(
            Dsse.sign(KEY, Receipts.TICK_PAYLOAD_TYPE, "{}".getBytes(StandardCharsets.UTF_8))
                .toJson()));
    read(record(sign(ControlKind.WITHDRAWAL, withdrawal("b", "energy"))));

    assertThat(take(reader)).isEmpty();
    assertThat(letters()).isEmpty();
  }

  @Test
  void shouldMakeADeadLetterWhenItIsNoMessage() throws Exception {
    byte[] vote = withdrawal("a", "energy");
    read(record("nonsense".getBytes(StandardCharsets.UTF_8)));
    read(record(new byte[0]));
    read(record(Dsse.sign(KEY, Receipts.SNAPSHOT_PAYLOAD_TYPE, vote).toJson()));
    read(record(sign(ControlKind.VOTE, vote)));
    read(
        record(sign(ControlKind.WITHDRAWAL, "[".repeat(100_000).getBytes(StandardCharsets.UTF_8))));

    assertThat(take(reader)).isEmpty();
    assertThat(letters())
        .extracting(DeadLetter::reason)
        .containsExactly(
            "NOT_AN_ENVELOPE",
            "NOT_AN_ENVELOPE",
            "UNEXPECTED_TYPE",
            "INVALID_MESSAGE",
            "INVALID_MESSAGE");
  }

  private void read(RawRecord record) throws Exception {
    reader.processElement(new StreamRecord<>(record));
  }

  private List<DeadLetter> letters() {
    return take(reader, Edges.DEAD_LETTERS);
  }

  private static RawRecord record(byte[] value) {
    return Samples.keyed(Topics.CONTROL, 3, T0, "finance", value);
  }

  private static byte[] sign(ControlKind kind, byte[] body) {
    return Dsse.sign(KEY, kind.payloadType(), body).toJson();
  }

  private static byte[] withdrawal(String log, String sector) {
    return ControlMessageCodec.encode(
        new ControlMessage(
            log,
            sector,
            KEY.publicKey().keyId(),
            1,
            T0 + 1_000,
            new ControlContent.Withdraw("ab".repeat(32), "asked for the wrong thing")));
  }
}
