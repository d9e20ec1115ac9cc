package io.knhk.schemas.observation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class Utf8Test {
  @Test
  void shouldAgreeWithTheJdkForEveryFirstAndSecondByte() {
    for (int first = 0; first < 256; first++) {
      for (int second = 0; second < 256; second++) {
        check((byte) first, (byte) second);
        check((byte) first, (byte) second, (byte) 0x80);
        check((byte) first, (byte) second, (byte) 0xBF, (byte) 0x80);
        check((byte) first, (byte) second, (byte) 0x80, (byte) 0x41);
        check((byte) first, (byte) second, (byte) 0xC0, (byte) 0x80);
      }
    }
  }

  @Property
  void shouldAgreeWithTheJdkWhateverTheBytesAre(@ForAll byte[] bytes) {
    check(bytes);
  }

  @Property
  void shouldAcceptWhatTheJdkEncodes(@ForAll String text) {
    assertThat(Utf8.isValid(text.getBytes(StandardCharsets.UTF_8))).isTrue();
  }

  private static void check(byte... bytes) {
    boolean valid;
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      valid = true;
    } catch (CharacterCodingException e) {
      valid = false;
    }
    if (Utf8.isValid(bytes) != valid) {
      assertThat(Utf8.isValid(bytes)).as("%s", bytes).isEqualTo(valid);
    }
  }
}
