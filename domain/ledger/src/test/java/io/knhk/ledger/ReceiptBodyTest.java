package io.knhk.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.schemas.receipt.Operation;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ReceiptBodyTest {
  private static final String PARENT = "0f".repeat(32);
  private static final String KEY_ID = "ab".repeat(32);

  /** Golden: it changes only with {@link ReceiptBody#VERSION}. */
  private static final String GOLDEN =
      "{\"causes\":[\"knhk.observations.v1/0/finance/0\"],\"eventTimeMs\":1400000000000,"
          + "\"evidence\":{\"confidence\":0.9,\"kind\":\"ErrorSpike\"},\"keyId\":\""
          + KEY_ID
          + "\",\"log\":\"test\",\"operation\":\"PatternDetected\",\"outcome\":\"detected\",\"parentHash\":\""
          + PARENT
          + "\",\"recordedAtMs\":1700000000000,\"sector\":\"finance\",\"seq\":7,\"snapshotId\":\"\","
          + "\"subject\":\"é\\n\",\"v\":1}";

  @Test
  void shouldHaveTheGoldenBytesAndHashWhenWritten() throws Exception {
    ReceiptBody body = body();

    assertThat(body.canonicalBytes()).asString(UTF_8).isEqualTo(GOLDEN);
    assertThat(ReceiptBody.parse(GOLDEN.getBytes(UTF_8))).isEqualTo(body);
    assertThat(ReceiptBody.hash(body.canonicalBytes()))
        .isEqualTo("bdccaf15fc555f1ffe9537af66df776c374d9ed30fe81a7e3cf0838528a6114b");
  }

  static List<UnaryOperator<String>> forgeries() {
    return List.of(
        s -> "",
        s -> "[]",
        s -> "{}",
        s -> s + " ",
        s -> " " + s,
        s -> s.replace(":7", ": 7"),
        s -> s.replace(":7", ":7.0"),
        s -> s.replace(":7", ":7e0"),
        s -> s.replace(":7", ":7.5"),
        s -> s.replace(":7", ":\"7\""),
        s -> s.replace(":7", ":-7"),
        s -> s.replace(":7", ":0"),
        s -> s.replace(":7", ":9007199254740992"),
        s -> s.replace(":7", ":1e300"),
        s -> s.replace(":7", ":null"),
        s -> s.replace("\"v\":1", "\"v\":2"),
        s -> s.replace("\"v\":1", "\"v\":4294967297"),
        s -> s.replace(",\"v\":1", ""),
        s -> s.replace(",\"v\":1", ",\"v\":1,\"w\":1"),
        s -> s.replace(",\"v\":1", ",\"v\":1,\"v\":1"),
        s -> s.replace("\"seq\"", "\"sequence\""),
        s -> s.replace("0.9", "0.90"),
        s ->
            s.replace(
                "{\"confidence\":0.9,\"kind\":\"ErrorSpike\"}",
                "{\"kind\":\"ErrorSpike\",\"confidence\":0.9}"),
        s -> s.replace("{\"confidence\":0.9,\"kind\":\"ErrorSpike\"}", "[]"),
        s -> s.replace("{\"confidence\":0.9,\"kind\":\"ErrorSpike\"}", "null"),
        s -> s.replace("{\"confidence\":0.9,\"kind\":\"ErrorSpike\"}", "\"{}\""),
        s -> s.replace("é", "\\u00e9"),
        s -> s.replace("\\n", "\\u000a"),
        s -> s.replace("é\\n", ""),
        s -> s.replace("PatternDetected", "patternDetected"),
        s -> s.replace("PatternDetected", ""),
        s -> s.replace("\"detected\"", "1"),
        s -> s.replace("\"detected\"", "null"),
        s -> s.replace("\"" + PARENT + "\"", "null"),
        s -> s.replace("\"" + PARENT + "\"", "\"\""),
        s -> s.replace(PARENT, PARENT.toUpperCase(Locale.ROOT)),
        s -> s.replace(KEY_ID, KEY_ID.substring(2)),
        s -> s.replace("[\"knhk.observations.v1/0/finance/0\"]", "[1]"),
        s -> s.replace("[\"knhk.observations.v1/0/finance/0\"]", "[\"\"]"),
        s -> s.replace("[\"knhk.observations.v1/0/finance/0\"]", "{}"),
        s -> s.replace("[\"knhk.observations.v1/0/finance/0\"]", "null"));
  }

  @ParameterizedTest
  @MethodSource("forgeries")
  void shouldRefuseWhenTheFormIsAnother(UnaryOperator<String> forgery) {
    String forged = forgery.apply(GOLDEN);

    assertThat(forged).isNotEqualTo(GOLDEN);
    assertThatThrownBy(() -> ReceiptBody.parse(forged.getBytes(UTF_8)))
        .as(forged)
        .isInstanceOf(LedgerFormatException.class)
        .hasMessageStartingWith("expected ");
  }

  @Property(tries = 300)
  void shouldBeCanonicalAndReadBackWhenWritten(
      @ForAll("drafts") ReceiptDraft draft,
      @ForAll @LongRange(min = 1, max = ReceiptBody.INTEGER_MAX) long seq)
      throws Exception {
    ReceiptBody body =
        new ReceiptBody(
            1,
            Drafts.LOG,
            draft.sector(),
            seq,
            draft.operation(),
            draft.eventTimeMs(),
            draft.recordedAtMs(),
            draft.outcome(),
            draft.subject(),
            draft.snapshotId(),
            draft.causes(),
            draft.evidence(),
            PARENT,
            KEY_ID);
    byte[] bytes = body.canonicalBytes();

    assertThat(CanonicalJson.canonicalise(bytes)).isEqualTo(bytes);
    assertThat(ReceiptBody.parse(bytes)).isEqualTo(body);
  }

  @Property(tries = 1_000)
  void shouldRefuseOrDifferWhenAnyBitIsFlipped(@ForAll @IntRange(max = 1_000_000) int bit)
      throws Exception {
    byte[] bytes = GOLDEN.getBytes(UTF_8);
    bytes[bit / 8 % bytes.length] ^= (byte) (1 << bit % 8);
    try {
      ReceiptBody read = ReceiptBody.parse(bytes);
      assertThat(read).isNotEqualTo(body());
      assertThat(read.canonicalBytes()).isEqualTo(bytes);
      assertThat(ReceiptBody.hash(bytes)).isNotEqualTo(ReceiptBody.hash(GOLDEN.getBytes(UTF_8)));
    } catch (LedgerFormatException e) {
      assertThat(e).hasMessageStartingWith("expected ");
    }
  }

  @Test
  void shouldStopAtTheLimitsWhenMembersGrow() throws Exception {
    String longest = "\u0001".repeat(ReceiptBody.NAME_CHARS_MAX);
    String evidence = "{\"a\":\"" + "x".repeat(ReceiptDraft.EVIDENCE_BYTES_MAX - 8) + "\"}";
    ReceiptBody largest =
        new ReceiptBody(
            1,
            longest,
            longest,
            ReceiptBody.INTEGER_MAX,
            Operation.ObservationIngested,
            -ReceiptBody.INTEGER_MAX,
            ReceiptBody.INTEGER_MAX,
            longest,
            longest,
            longest,
            Collections.nCopies(ReceiptBody.CAUSES_MAX, longest),
            evidence,
            PARENT,
            KEY_ID);

    assertThat(ReceiptBody.parse(largest.canonicalBytes())).isEqualTo(largest);
    assertThat(largest.canonicalBytes()).hasSizeLessThan(ReceiptBody.BYTES_MAX);
    assertThatThrownBy(() -> ReceiptBody.parse(new byte[ReceiptBody.BYTES_MAX + 1]))
        .isInstanceOf(LedgerFormatException.class)
        .hasMessage("expected a receipt within the limit: bytes=262145, limit=262144");
    refused(List.of(), "s".repeat(257), "{}", "chars=257, limit=256");
    refused(List.of(), "\ud800", "{}", "member=subject");
    refused(Collections.nCopies(66, "c"), "s", "{}", "causes=66, limit=65");
    refused(List.of(), "s", evidence.replace("\"}", "x\"}"), "bytes=16385, limit=16384");
    refused(List.of(), "s", "[]", "type=ARRAY");
    refused(List.of(), "s", "{", "expected strict JSON");
    refused(List.of(), "s", "{\"a\":\"\ud800\"}", "expected surrogates in pairs");
    refused(
        List.of(), "s", "{\"a\":" + "[".repeat(64) + "]".repeat(64) + "}", "expected strict JSON");
  }

  @Test
  void shouldRefuseWhenEvidenceFitsAloneButNotInsideTheBody() {
    // 64 levels in the evidence are 65 in the body, which no reader would take.
    refused(List.of(), "s", "{\"a\":" + "[".repeat(63) + "]".repeat(63) + "}", "expected nesting");
  }

  @Provide
  Arbitrary<ReceiptDraft> drafts() {
    return Drafts.any("finance");
  }

  private static void refused(
      List<String> causes, String subject, String evidence, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> body(causes, subject, evidence))
        .withMessageStartingWith("expected ")
        .withMessageContaining(message);
  }

  private static ReceiptBody body() {
    return body(
        List.of("knhk.observations.v1/0/finance/0"),
        "é\n",
        "{ \"kind\": \"ErrorSpike\", \"confidence\": 0.90 }");
  }

  private static ReceiptBody body(List<String> causes, String subject, String evidence) {
    return new ReceiptBody(
        1,
        "test",
        "finance",
        7,
        Operation.PatternDetected,
        1_400_000_000_000L,
        1_700_000_000_000L,
        "detected",
        subject,
        "",
        causes,
        evidence,
        PARENT,
        KEY_ID);
  }
}
