package io.knhk.operators.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.operators.types.OutboundMessage;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommittableBatchSerializerTest {
  private static final CommittableBatch BATCH =
      new CommittableBatch(
          List.of(
              new OutboundMessage("t", "k", "p/é", new byte[] {1, (byte) 0xff}),
              new OutboundMessage("", "", "", new byte[0])));

  /** What savepoints hold. Never change it: add a version. */
  private static final byte[] GOLDEN =
      HexFormat.of()
          .parseHex(
              "00000002"
                  + "0001740001"
                  + "6b0004702fc3a900000002"
                  + "01ff"
                  + "000000000000"
                  + "00000000");

  private final CommittableBatchSerializer serializer = new CommittableBatchSerializer();

  @Test
  void shouldWriteTheGoldenBytesWhenVersionIs1() throws IOException {
    assertThat(serializer.getVersion()).isEqualTo(1);
    assertThat(serializer.serialize(BATCH)).isEqualTo(GOLDEN);
  }

  @Test
  void shouldComeBackTheSameWhenRead() throws IOException {
    assertThat(serializer.deserialize(1, GOLDEN)).usingRecursiveComparison().isEqualTo(BATCH);
    CommittableBatch empty = new CommittableBatch(List.of());
    assertThat(serializer.deserialize(1, serializer.serialize(empty))).isEqualTo(empty);
  }

  @Test
  void shouldRefuseWhenVersionIsUnknown() {
    assertThatThrownBy(() -> serializer.deserialize(2, GOLDEN))
        .isInstanceOf(IOException.class)
        .hasMessage("expected a known version: version=2, limit=1");
  }

  @Test
  void shouldRefuseWhenBytesAreCutOff() {
    byte[] cut = Arrays.copyOf(GOLDEN, 18);

    assertThatThrownBy(() -> serializer.deserialize(1, cut)).isInstanceOf(IOException.class);
  }
}
