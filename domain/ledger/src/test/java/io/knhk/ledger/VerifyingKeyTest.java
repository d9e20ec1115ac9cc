package io.knhk.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class VerifyingKeyTest {
  /** A point of order 8: the encoding that lists of small-order points give for it. */
  private static final Edwards ORDER_8 =
      Edwards.decode(hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"));

  private static final byte[] MESSAGE = "a message".getBytes(UTF_8);

  static List<Arguments> wycheproof() {
    List<Arguments> all = new ArrayList<>();
    for (JsonNode group :
        Vectors.json(Vectors.file("ed25519/wycheproof_ed25519_test.json")).path("testGroups")) {
      for (JsonNode test : group.path("tests")) {
        all.add(
            Arguments.of(
                test.path("tcId").intValue(),
                test.path("comment").textValue(),
                group.path("publicKey").path("pk").textValue(),
                group.path("publicKeyPem").textValue(),
                test));
      }
    }
    return all;
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("wycheproof")
  void shouldAgreeWithWycheproofWhenVerifying(
      int number, String comment, String keyHex, String pem, JsonNode test) throws Exception {
    VerifyingKey key = VerifyingKey.of(hex(keyHex));

    assertThat(VerifyingKey.fromPem(pem)).isEqualTo(key);
    assertThat(key.verify(hex(test.path("msg").textValue()), hex(test.path("sig").textValue())))
        .as("%d %s", number, comment)
        .isEqualTo(test.path("result").textValue().equals("valid"));
  }

  @Test
  void shouldFindAllVectorsWhenLookingForThem() {
    assertThat(wycheproof()).hasSize(151);
  }

  /**
   * The eight points of small order, then the other encodings that careless decoders take for them.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
      })
  void shouldRefuseWhenTheKeyIsOfSmallOrder(String keyHex) {
    assertThatThrownBy(() -> VerifyingKey.of(hex(keyHex)))
        .isInstanceOf(LedgerFormatException.class)
        .hasMessageStartingWith("expected a canonical point of the prime-order group: key=");
  }

  @Test
  void shouldRefuseWhenTheKeyHasASmallPart() {
    Edwards key = Edwards.decode(TestKeys.of(1).publicKey().bytes());
    for (int i = 1; i < 8; i++) {
      byte[] mixed = key.plus(ORDER_8.times(BigInteger.valueOf(i))).encode();

      assertThatThrownBy(() -> VerifyingKey.of(mixed)).isInstanceOf(LedgerFormatException.class);
    }
  }

  @Test
  void shouldRefuseWhenTheKeyIsNotOnTheCurve() {
    byte[] bytes = new byte[32];
    bytes[0] = 2;

    assertThatThrownBy(() -> VerifyingKey.of(bytes)).isInstanceOf(LedgerFormatException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 31, 33, 64})
  void shouldRefuseWhenTheKeyHasAnotherSize(int size) {
    assertThatThrownBy(() -> VerifyingKey.of(new byte[size]))
        .isInstanceOf(LedgerFormatException.class)
        .hasMessage("expected an Ed25519 public key: bytes=" + size + ", limit=32");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 32, 63, 65, 128})
  void shouldRefuseWhenTheSignatureHasAnotherSize(int size) {
    SigningKey key = TestKeys.of(1);

    assertThat(key.publicKey().verify(MESSAGE, Arrays.copyOf(key.sign(MESSAGE), size))).isFalse();
  }

  @Test
  void shouldRefuseWhenSIsNotReduced() {
    SigningKey key = TestKeys.of(1);
    byte[] signature = key.sign(MESSAGE);
    byte[] r = Arrays.copyOf(signature, 32);
    BigInteger s = Edwards.fromLittleEndian(Arrays.copyOfRange(signature, 32, 64));

    assertThat(key.publicKey().verify(MESSAGE, Edwards.signature(r, s))).isTrue();
    assertThat(key.publicKey().verify(MESSAGE, Edwards.signature(r, s.add(Edwards.L)))).isFalse();
    assertThat(key.publicKey().verify(MESSAGE, Edwards.signature(r, s.add(Edwards.L.shiftLeft(1)))))
        .isFalse();
    assertThat(key.publicKey().verify(MESSAGE, Edwards.signature(r, Edwards.L))).isFalse();
  }

  /**
   * The holder of a key can add a point of small order to R and still satisfy the equation times
   * eight. Verifiers differ about such signatures, so here is none that is accepted.
   */
  @Test
  void shouldRefuseWhenRHasASmallPart() throws Exception {
    BigInteger secret = new BigInteger("123456789012345678901234567890");
    VerifyingKey key = VerifyingKey.of(Edwards.base(secret).encode());
    for (int nonce = 1; nonce <= 32; nonce++) {
      for (int i = 0; i < 8; i++) {
        BigInteger k = BigInteger.valueOf(nonce).shiftLeft(100);
        byte[] r = Edwards.base(k).plus(ORDER_8.times(BigInteger.valueOf(i))).encode();
        BigInteger challenge = Edwards.challenge(r, key.bytes(), MESSAGE);
        BigInteger s = k.add(challenge.multiply(secret)).mod(Edwards.L);

        assertThat(key.verify(MESSAGE, Edwards.signature(r, s)))
            .as("nonce=%d part=%d", nonce, i)
            .isEqualTo(i == 0);
      }
    }
  }

  /** With a nonce of zero (or nearly), R is small itself. */
  @Test
  void shouldRefuseWhenRIsSmall() throws Exception {
    BigInteger secret = new BigInteger("123456789012345678901234567890");
    VerifyingKey key = VerifyingKey.of(Edwards.base(secret).encode());
    for (int i = 0; i < 8; i++) {
      byte[] r = ORDER_8.times(BigInteger.valueOf(i)).encode();
      BigInteger s = Edwards.challenge(r, key.bytes(), MESSAGE).multiply(secret).mod(Edwards.L);

      assertThat(key.verify(MESSAGE, Edwards.signature(r, s))).as("part=%d", i).isFalse();
    }
  }

  @Test
  void shouldRefuseWhenRIsNotCanonical() {
    // y = p + 1 is the neutral point in disguise; its canonical form is refused as well, so that
    // this is about the bytes.
    byte[] r = hex("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
    VerifyingKey key = TestKeys.of(1).publicKey();

    assertThat(key.verify(MESSAGE, Edwards.signature(r, BigInteger.ZERO))).isFalse();
  }

  @Property(tries = 300)
  void shouldRefuseWhenAnyBitIsFlipped(
      @ForAll byte[] message,
      @ForAll @IntRange(max = 511) int bit,
      @ForAll @IntRange(max = 9_999) int place) {
    SigningKey key = TestKeys.of(1);
    byte[] signature = key.sign(message);

    assertThat(key.publicKey().verify(message, signature)).isTrue();
    byte[] otherSignature = signature.clone();
    otherSignature[bit / 8] ^= (byte) (1 << bit % 8);
    assertThat(key.publicKey().verify(message, otherSignature)).isFalse();
    if (message.length > 0) {
      byte[] otherMessage = message.clone();
      otherMessage[place % message.length] ^= (byte) (1 << bit % 8);
      assertThat(key.publicKey().verify(otherMessage, signature)).isFalse();
    }
    assertThat(TestKeys.of(2).publicKey().verify(message, signature)).isFalse();
  }

  /** RFC 8410, section 10.1. */
  @Test
  void shouldReadAndWriteWhatOpensslWritesWhenGivenPem() throws Exception {
    String pem =
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";
    VerifyingKey key = VerifyingKey.fromPem(pem);

    assertThat(key.toPem()).isEqualTo(pem);
    assertThat(key.bytes())
        .isEqualTo(hex("19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1"));
    assertThat(VerifyingKey.fromPem(pem.replace("\n", "\r\n")))
        .isEqualTo(key)
        .hasSameHashCodeAs(key);
    // SHA-256 of the 32 bytes, by sha256sum and base64.
    assertThat(key.keyId())
        .isEqualTo("e744c0791320c3285460eddb523f14c88d857ada46b97a5690d88cf978b9191f");
    assertThat(key.fingerprint()).isEqualTo("SHA256:50TAeRMgwyhUYO3bUj8UyI2FetpGuXpWkNiM+Xi5GR8");
    assertThat(key).hasToString("VerifyingKey[keyId=" + key.keyId() + "]");
  }

  @Test
  void shouldRefuseWhenPemIsOfAnotherKind() {
    String x25519 = TestKeys.pem("PUBLIC KEY", "302a300506032b656e032100" + "11".repeat(32));
    String two = TestKeys.of(1).publicKey().toPem() + TestKeys.of(2).publicKey().toPem();

    assertThatThrownBy(() -> VerifyingKey.fromPem(x25519))
        .hasMessageStartingWith("expected an Ed25519 public key as SubjectPublicKeyInfo");
    assertThatThrownBy(() -> VerifyingKey.fromPem(two))
        .hasMessage("expected one PEM block: label=PUBLIC KEY, blocks=2");
    assertThatThrownBy(() -> VerifyingKey.fromPem("")).isInstanceOf(LedgerFormatException.class);
    assertThatThrownBy(() -> VerifyingKey.fromPem(TestKeys.of(1).toPem()))
        .hasMessage("expected -----BEGIN PUBLIC KEY-----: line=1");
  }

  @Test
  void shouldNotChangeWhenItsBytesAreChanged() throws Exception {
    byte[] bytes = TestKeys.of(1).publicKey().bytes();
    VerifyingKey key = VerifyingKey.of(bytes);

    Arrays.fill(bytes, (byte) 0);
    Arrays.fill(key.bytes(), (byte) 0);

    assertThat(key).isEqualTo(TestKeys.of(1).publicKey());
    assertThat(key.verify(MESSAGE, TestKeys.of(1).sign(MESSAGE))).isTrue();
  }

  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}
