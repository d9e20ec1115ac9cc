package io.knhk.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.ledger.Dsse.Envelope;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DsseTest {
  private static final String TYPE = Receipts.TICK_PAYLOAD_TYPE;
  private static final String KEY_ID = "ab".repeat(32);

  private static final String HELLO =
      "{\"payloadType\":\"text/plain\",\"payload\":\"aGVsbG8=\",\"signatures\":[{\"keyid\":\""
          + KEY_ID
          + "\",\"sig\":\"AQI=\"}]}";

  /** The example of the DSSE protocol's own text. */
  @Test
  void shouldGiveThePublishedEncodingWhenGivenThePublishedPayload() {
    assertThat(Dsse.pae("http://example.com/HelloWorld", "hello world".getBytes(UTF_8)))
        .isEqualTo("DSSEv1 29 http://example.com/HelloWorld 11 hello world".getBytes(UTF_8));
  }

  @Test
  void shouldCountBytesWhenCharactersAreWider() {
    assertThat(Dsse.pae("é", "😀".getBytes(UTF_8))).isEqualTo("DSSEv1 2 é 4 😀".getBytes(UTF_8));
    assertThat(Dsse.pae("", new byte[0])).isEqualTo("DSSEv1 0  0 ".getBytes(UTF_8));
  }

  @Test
  void shouldHaveOneFormWhenWritten() throws Exception {
    Envelope envelope =
        new Envelope("text/plain", "hello".getBytes(UTF_8), KEY_ID, new byte[] {1, 2});

    assertThat(envelope.toJson()).asString(UTF_8).isEqualTo(HELLO);
    assertThat(Envelope.parse(HELLO.getBytes(UTF_8)))
        .isEqualTo(envelope)
        .hasSameHashCodeAs(envelope);
  }

  static List<String> otherForms() {
    return List.of(
        "",
        "{}",
        "null",
        " " + HELLO,
        HELLO + "\n",
        HELLO + HELLO,
        HELLO.replace(":", ": "),
        HELLO.replace("\"payloadType\":\"text/plain\",", ""),
        HELLO.replace("text/plain", ""),
        HELLO.replace("text/plain", "text/plain\\u0020"),
        HELLO.replace("text/plain", "Text/Plain"),
        HELLO.replace("text/plain", "text/pl\u00e4in"),
        HELLO.replace("text/plain", "a".repeat(129)),
        HELLO.replace("aGVsbG8=", "aGVsbG8"),
        HELLO.replace("aGVsbG8=", "aGVsbG9="),
        HELLO.replace("aGVsbG8=", "aGVs\\nbG8="),
        HELLO.replace("aGVsbG8=", "aGVsbG8-"),
        HELLO.replace("AQI=", "AQJ="),
        HELLO.replace("AQI=", "AQI"),
        HELLO.replace(KEY_ID, ""),
        HELLO.replace(KEY_ID, KEY_ID.toUpperCase(Locale.ROOT)),
        HELLO.replace(KEY_ID, KEY_ID + "ab"),
        HELLO.replace("\"signatures\":[", "\"signatures\":[]["),
        HELLO.replace("]}", ",{\"keyid\":\"" + KEY_ID + "\",\"sig\":\"AQI=\"}]}"),
        HELLO.replace("]}", "],\"extra\":1}"),
        HELLO.replace("{\"payloadType\"", "{\"payload\":\"\",\"payloadType\""));
  }

  @ParameterizedTest
  @MethodSource("otherForms")
  void shouldRefuseWhenTheFormIsAnother(String json) {
    assertThatThrownBy(() -> Envelope.parse(json.getBytes(UTF_8)))
        .isInstanceOf(LedgerFormatException.class)
        .hasMessageStartingWith("expected ");
  }

  @Property(tries = 300)
  void shouldReadBackTheSameWhenWritten(
      @ForAll byte[] payload, @ForAll @Size(max = Dsse.SIGNATURE_BYTES_MAX) byte[] signature)
      throws Exception {
    Envelope envelope = new Envelope(TYPE, payload, KEY_ID, signature);

    Envelope read = Envelope.parse(envelope.toJson());
    assertThat(read).isEqualTo(envelope);
    assertThat(read.payload()).isEqualTo(payload);
    assertThat(read.signature()).isEqualTo(signature);
  }

  @Property(tries = 1_000)
  void shouldNotVerifyWhenAnyBitOfTheEnvelopeIsFlipped(
      @ForAll @Size(max = 40) byte[] payload, @ForAll @IntRange(max = 1_000_000) int bit) {
    SigningKey key = TestKeys.of(1);
    KeyRing keys = KeyRing.of(List.of(key.publicKey(), TestKeys.of(2).publicKey()));
    byte[] json = Dsse.sign(key, TYPE, payload).toJson();
    json[bit / 8 % json.length] ^= (byte) (1 << bit % 8);

    assertThat(verifies(json, keys)).isFalse();
  }

  @Property(tries = 300)
  void shouldOnlyRefuseWhenBytesAreAnything(@ForAll byte[] bytes) {
    assertThat(verifies(bytes, KeyRing.of(List.of(TestKeys.of(1).publicKey())))).isFalse();
  }

  @Test
  void shouldVerifyOnlyUnderItsTypeAndKeyWhenSigned() {
    SigningKey key = TestKeys.of(1);
    KeyRing keys = KeyRing.of(List.of(key.publicKey()));
    Envelope tick = Dsse.sign(key, TYPE, "{}".getBytes(UTF_8));

    assertThat(tick.keyId()).isEqualTo(key.publicKey().keyId());
    assertThat(tick.isSigned(TYPE, keys)).isTrue();
    assertThat(tick.isSigned(Receipts.SNAPSHOT_PAYLOAD_TYPE, keys)).isFalse();
    assertThat(tick.isSigned(TYPE, KeyRing.of(List.of(TestKeys.of(2).publicKey())))).isFalse();
    Envelope relabelled =
        new Envelope(
            Receipts.SNAPSHOT_PAYLOAD_TYPE, tick.payload(), tick.keyId(), tick.signature());
    assertThat(relabelled.isSigned(Receipts.SNAPSHOT_PAYLOAD_TYPE, keys)).isFalse();
  }

  @Test
  void shouldStopAtTheLimitsWhenSizesGrow() throws Exception {
    byte[] largest = new byte[Dsse.PAYLOAD_BYTES_MAX];
    String longestType = "a".repeat(Dsse.PAYLOAD_TYPE_CHARS_MAX);
    Envelope envelope =
        new Envelope(longestType, largest, KEY_ID, new byte[Dsse.SIGNATURE_BYTES_MAX]);

    assertThat(Envelope.parse(envelope.toJson())).isEqualTo(envelope);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new Envelope(TYPE, new byte[Dsse.PAYLOAD_BYTES_MAX + 1], KEY_ID, new byte[64]))
        .withMessage("expected a payload within the limit: bytes=1048577, limit=1048576");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new Envelope(TYPE, largest, KEY_ID, new byte[Dsse.SIGNATURE_BYTES_MAX + 1]));
    assertThatThrownBy(() -> Envelope.parse(new byte[2 * 1024 * 1024]))
        .isInstanceOf(LedgerFormatException.class)
        .hasMessageStartingWith("expected an envelope within the limit: bytes=2097152");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a\"b", "A", "a\nb"})
  void shouldRefuseWhenThePayloadTypeIsNone(String type) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Envelope(type, new byte[0], KEY_ID, new byte[64]));
  }

  @Test
  void shouldNotChangeWhenItsArraysAreChanged() {
    byte[] payload = {1};
    byte[] signature = {2};
    Envelope envelope = new Envelope(TYPE, payload, KEY_ID, signature);

    Arrays.fill(payload, (byte) 9);
    Arrays.fill(signature, (byte) 9);
    Arrays.fill(envelope.payload(), (byte) 9);
    Arrays.fill(envelope.signature(), (byte) 9);

    assertThat(envelope).isEqualTo(new Envelope(TYPE, new byte[] {1}, KEY_ID, new byte[] {2}));
    assertThat(envelope)
        .hasToString("Envelope[payloadType=" + TYPE + ", bytes=1, keyId=" + KEY_ID + "]");
  }

  private static boolean verifies(byte[] json, KeyRing keys) {
    try {
      return Envelope.parse(json).isSigned(TYPE, keys);
    } catch (LedgerFormatException e) {
      return false;
    }
  }
}
