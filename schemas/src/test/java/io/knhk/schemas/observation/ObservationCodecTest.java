package io.knhk.schemas.observation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.knhk.schemas.Sectors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObservationCodecTest {
  private static final Path GOLDEN = Path.of("src/test/resources/io/knhk/schemas/observation");
  private static final long NOW = 1_441_778_406_718L;
  private static final Observation PAYMENT =
      new Observation(
          "finance",
          "urn:example:acquirer",
          "p-1",
          NOW,
          "account-014",
          "payment.authorised",
          12.5,
          false,
          List.of(
              Attribute.ofText("currency", "EUR"),
              Attribute.ofNumber("risk_score", "0.2", 0.2, false)));
  private static final SourceMarker MARKER =
      new SourceMarker("finance", "urn:knhk:replay:a1:finance", "end", 1_442_448_000_000L);

  @Nested
  class Golden {
    @Test
    void shouldWriteTheGoldenBytesWhenAPaymentIsEncoded() throws IOException {
      assertThat(utf8(ObservationCodec.encodeStructured(PAYMENT, PAYMENT.source())))
          .isEqualTo(golden("good/payment.json"));
    }

    @Test
    void shouldReadThePaymentFromItsGoldenBytes() throws IOException {
      assertThat(decode(golden("good/payment.json"))).isEqualTo(new Decoded.Accepted(PAYMENT));
    }

    @Test
    void shouldKeepEveryKindOfAttributeAsSent() throws IOException {
      Observation reading =
          new Observation(
              "energy",
              "urn:example:wärme/ü",
              "1",
              -1,
              "メーター-7 😀",
              "meter.reading",
              -3,
              true,
              List.of(
                  Attribute.ofNumber("phase", "3", 3, true),
                  Attribute.ofBoolean("estimated", true),
                  Attribute.ofBoolean("sealed", false),
                  Attribute.ofNumber("factor", "1.50e+2", 150, false),
                  Attribute.ofText("note", "line\none \"quoted\" \\")));
      String golden = golden("good/every-kind-of-attribute.json");
      assertThat(utf8(ObservationCodec.encodeStructured(reading, null))).isEqualTo(golden);
      assertThat(decode(golden)).isEqualTo(new Decoded.Accepted(reading));
    }

    @Test
    void shouldWriteAndReadTheGoldenMarker() throws IOException {
      assertThat(utf8(ObservationCodec.encodeMarker(MARKER))).isEqualTo(golden("marker.json"));
      assertThat(ObservationCodec.decode(golden("marker.json").getBytes(UTF_8), MARKER.timeMs()))
          .isEqualTo(new Decoded.Marked(MARKER));
    }

    @Test
    void shouldReadThePaymentFromItsGoldenBinaryRecord() throws IOException {
      List<String> lines =
          Files.readAllLines(GOLDEN.resolve("binary-payment.headers"), StandardCharsets.UTF_8);
      String[] headers =
          lines.stream().flatMap(l -> Arrays.stream(l.split(": ", 2))).toArray(String[]::new);
      assertThat(binary(golden("binary-payment.json"), headers))
          .isEqualTo(new Decoded.Accepted(PAYMENT));
    }
  }

  @Nested
  class Encoding {
    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void shouldRefuseWhenANumberIsNotFinite(double value) {
      Observation observation = with(value, List.of());
      Observation attribute =
          with(1, List.of(Attribute.ofNumber("n", Double.toString(value), value, false)));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ObservationCodec.encodeStructured(observation, null))
          .withMessageContaining("value=" + value);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ObservationCodec.encodeStructured(attribute, null))
          .withMessageContaining("n=" + value);
    }

    @Test
    void shouldRefuseWhenTextHasNoUtf8Form() {
      Observation observation = with(1, List.of(Attribute.ofText("a", "\ud800")));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ObservationCodec.encodeStructured(observation, null));
    }

    @ParameterizedTest
    @CsvSource({
      "12, 12",
      "-12.0, -12",
      "0, 0",
      "-0.0, -0.0",
      "0.1, 0.1",
      "9007199254740992, 9007199254740992",
      "1.8014398509481984E16, 1.8014398509481984E16",
      "2.0E-3, 0.002",
      "2e23, 2.0E23",
      "1e300, 1.0E300"
    })
    void shouldWriteTheShortestDigits(double value, String digits) {
      String json = utf8(ObservationCodec.encodeStructured(with(value, List.of()), null));
      assertThat(json).contains("\"value\":" + digits + ",");
      assertThat(accepted(json).value()).isEqualTo(value);
    }
  }

  @Nested
  class Structured {
    @Test
    void shouldReadMembersInAnyOrder() {
      String json =
          """
          {"data":{"attributes":{"a":1},"value":2,"eventType":"t"},"subject":"s",
           "time":"2015-09-09T06:00:06Z","sector":"energy","id":"1","source":"u",
           "type":"io.knhk.observation.v1","specversion":"1.0"}
          """;
      assertThat(accepted(json).attributes())
          .containsExactly(Attribute.ofNumber("a", "1", 1, true));
    }

    @Test
    void shouldPreferStructuredModeWhenTheContentTypeSaysSo() throws IOException {
      assertThat(
              binary(
                  golden("good/payment.json"),
                  "content-type",
                  "application/cloudevents+json; charset=UTF-8",
                  "ce_specversion",
                  "1.0"))
          .isEqualTo(new Decoded.Accepted(PAYMENT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/cloudevents-batch+json", "application/cloudevents+avro"})
    void shouldRejectWhenTheFormatIsNotKnown(String contentType) throws IOException {
      assertRejected(
          binary(golden("good/payment.json"), "content-type", contentType),
          RejectionReason.NOT_CLOUDEVENTS_1_0);
    }

    @Test
    void shouldIgnoreHeadersThatAreNotCloudEvents() throws IOException {
      assertThat(binary(golden("good/payment.json"), "traceparent", "\u0000", "knhk-origin", "x"))
          .isEqualTo(new Decoded.Accepted(PAYMENT));
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "INVALID_JSON|''",
          "INVALID_JSON|' '",
          "INVALID_JSON|{",
          "INVALID_JSON|{\"a\":}",
          "INVALID_JSON|{} {}",
          "INVALID_JSON|{} x",
          "INVALID_JSON|{\"a\":1,}",
          "INVALID_JSON|{a:1}",
          "INVALID_JSON|{\"a\":01}",
          "INVALID_JSON|{\"a\":+1}",
          "INVALID_JSON|{/**/}",
          "NOT_CLOUDEVENTS_1_0|{}",
          "NOT_CLOUDEVENTS_1_0|[]",
          "NOT_CLOUDEVENTS_1_0|\"text\"",
          "NOT_CLOUDEVENTS_1_0|null",
          "NOT_CLOUDEVENTS_1_0|{\"specversion\":\"0.3\"}",
          "NOT_CLOUDEVENTS_1_0|{\"specversion\":1.0}",
          "MISSING_FIELD|{\"specversion\":\"1.0\"}",
          "UNEXPECTED_TYPE|{\"specversion\":\"1.0\",\"type\":\"com.example\"}"
        })
    void shouldNameTheReasonWhenItIsNoObservation(RejectionReason reason, String json) {
      assertRejected(decode(json), reason);
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "UNKNOWN_SECTOR|\"finance\"|\"retail\"|sector=retail",
          "UNKNOWN_SECTOR|\"finance\"|\"_ingest\"|sector=_ingest",
          "UNKNOWN_SECTOR|\"finance\"|\"Finance\"|sector=Finance",
          "INVALID_FIELD|2015-09-09T|2015-09-09X|time=2015-09-09X",
          "INVALID_FIELD|12.5|\"12.5\"|data.value=VALUE_STRING",
          "INVALID_FIELD|\"ok\"|\"maybe\"|data.outcome=maybe",
          "INVALID_FIELD|\"EUR\"|null|currency=VALUE_NULL",
          "INVALID_FIELD|\"EUR\"|{\"a\":[1,{}]}|currency=START_OBJECT",
          "INVALID_FIELD|\"EUR\"|[[]]|currency=START_ARRAY",
          "INVALID_FIELD|\"risk_score\"|\"currency\"|name=data.attributes.currency",
          "INVALID_FIELD|\"outcome\":\"ok\"|\"value\":1|name=data.value",
          "INVALID_FIELD|\"id\":\"p-1\"|\"source\":\"p-1\"|name=source",
          "INVALID_FIELD|\"id\":\"p-1\"|\"own\":1,\"own\":1|name=own",
          "INVALID_FIELD|\"outcome\":\"ok\"|\"unit\":\"EUR\"|data member=unit",
          "INVALID_FIELD|application/json|text/csv|datacontenttype=text/csv",
          "NOT_FINITE|12.5|NaN|data.value=NaN",
          "NOT_FINITE|12.5|-Infinity|data.value=-Infinity",
          "NOT_FINITE|12.5|1e999|data.value=1e999",
          "NOT_FINITE|0.2|-1e400|risk_score=-1e400",
          "NOT_FINITE|0.2|NaN|risk_score=NaN",
          "NOT_FINITE|\"id\"|\"own\":NaN,\"id\"|own=NaN",
          "MISSING_FIELD|\"subject\"|\"sujet\"|subject=absent",
          "MISSING_FIELD|\"eventType\":\"payment.authorised\",|''|data.eventType=absent"
        })
    void shouldNameTheReasonAndTheValueWhenAPaymentIsWrong(
        RejectionReason reason, String old, String wrong, String detail) throws IOException {
      String json = golden("good/payment.json").replace(old, wrong);
      Decoded decoded = decode(json);
      assertRejected(decoded, reason);
      assertThat(((Decoded.Rejected) decoded).detail()).startsWith("expected ").contains(detail);
      assertThat(((Decoded.Rejected) decoded).sector())
          .isEqualTo(reason == RejectionReason.UNKNOWN_SECTOR ? "" : "finance");
    }

    @Test
    void shouldRejectWhenTheValueIsATombstone() {
      assertRejected(ObservationCodec.decode(null, NOW), RejectionReason.MISSING_FIELD);
    }

    @Test
    void shouldReportTheSectorWhenItStandsAfterTheError() throws IOException {
      String json =
          golden("good/payment.json")
              .replace("\"specversion\":\"1.0\"", "\"specversion\":\"1.0\",\"id\":7")
              .replace("\"id\":\"p-1\",", "");
      assertThat(((Decoded.Rejected) decode(json)).sector()).isEqualTo("finance");
    }

    @Test
    void shouldRejectWhenTextIsALoneSurrogate() throws IOException {
      for (String part : List.of("\"EUR\"", "\"p-1\"", "\"currency\"")) {
        String json = golden("good/payment.json").replace(part, "\"\\ud83d\"");
        assertRejected(decode(json), RejectionReason.INVALID_FIELD);
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-32BE", "UTF-16"})
    void shouldRejectWhenTheCharsetIsNotUtf8(String charset) throws IOException {
      byte[] bytes =
          golden("good/payment.json").getBytes(java.nio.charset.Charset.forName(charset));
      Decoded decoded = ObservationCodec.decode(bytes, NOW);
      assertThat(((Decoded.Rejected) decoded).reason())
          .isIn(RejectionReason.INVALID_JSON, RejectionReason.INVALID_UTF8);
    }

    @Test
    void shouldRejectWhenBytesAreNotUtf8() throws IOException {
      byte[] bytes = golden("good/payment.json").getBytes(UTF_8);
      bytes[golden("good/payment.json").indexOf("EUR")] = (byte) 0xFF;
      assertRejected(ObservationCodec.decode(bytes, NOW), RejectionReason.INVALID_UTF8);
    }
  }

  @Nested
  class Limits {
    @Test
    void shouldAcceptSixtyFourAttributesAndRejectSixtyFive() {
      assertThat(accepted(withAttributes(64)).attributes()).hasSize(64);
      Decoded decoded = decode(withAttributes(65));
      assertRejected(decoded, RejectionReason.TOO_MANY_ATTRIBUTES);
      assertThat(((Decoded.Rejected) decoded).detail()).contains("limit=64");
      assertRejected(decode(withAttributes(5_000)), RejectionReason.TOO_MANY_ATTRIBUTES);
    }

    @Test
    void shouldAcceptARecordOfSixtyFourKibibytesAndRejectOneByteMore() throws IOException {
      String json = golden("good/payment.json");
      int room = ObservationLimits.BYTES_MAX - json.getBytes(UTF_8).length + 3;
      String full = json.replace("EUR", "x".repeat(room));
      assertThat(full.getBytes(UTF_8)).hasSize(ObservationLimits.BYTES_MAX);
      assertThat(accepted(full).attributes().get(0).text()).hasSize(room);
      assertRejected(decode(full + " "), RejectionReason.TOO_LARGE);
      assertThat(binary(full, "other", "not counted")).isInstanceOf(Decoded.Accepted.class);
      assertRejected(binary(full, "content-type", "application/json"), RejectionReason.TOO_LARGE);
    }

    @Test
    void shouldRejectWhenJsonIsNestedTooDeep() {
      String sixtyFour = "{\"a\":" + "[".repeat(63) + "]".repeat(63) + "}";
      String sixtyFive = "{\"a\":" + "[".repeat(64) + "]".repeat(64) + "}";
      assertRejected(decode(sixtyFour), RejectionReason.NOT_CLOUDEVENTS_1_0);
      assertRejected(decode(sixtyFive), RejectionReason.NESTED_TOO_DEEP);
      assertRejected(decode("[".repeat(60_000)), RejectionReason.NESTED_TOO_DEEP);
      assertRejected(decode("{\"a\":".repeat(10_000)), RejectionReason.NESTED_TOO_DEEP);
    }

    @ParameterizedTest
    @CsvSource({"0, true", "60000, true", "60001, false", "3600000, false", "-9999999999, true"})
    void shouldRejectWhenTheTimeIsMoreThanAMinuteAhead(long aheadMs, boolean accepted)
        throws IOException {
      byte[] json = golden("good/payment.json").getBytes(UTF_8);
      Decoded decoded = ObservationCodec.decode(json, NOW - aheadMs);
      if (accepted) {
        assertThat(decoded).isEqualTo(new Decoded.Accepted(PAYMENT));
      } else {
        assertRejected(decoded, RejectionReason.AHEAD_OF_TIME);
        assertThat(((Decoded.Rejected) decoded).detail())
            .contains("aheadMs=" + aheadMs)
            .contains("limit=60000");
      }
    }

    @ParameterizedTest
    @CsvSource({"0, true", "60001, true", "3660000, true", "3660001, false", "-9999999999, true"})
    void shouldRejectAMarkerWhenItIsMoreThanAnHourAndAMinuteAhead(long aheadMs, boolean accepted) {
      byte[] json = ObservationCodec.encodeMarker(MARKER);
      Decoded decoded = ObservationCodec.decode(json, MARKER.timeMs() - aheadMs);
      if (accepted) {
        assertThat(decoded).isEqualTo(new Decoded.Marked(MARKER));
      } else {
        assertRejected(decoded, RejectionReason.AHEAD_OF_TIME);
        assertThat(((Decoded.Rejected) decoded).detail())
            .contains("aheadMs=" + aheadMs)
            .contains("limit=3660000");
      }
    }

    @Test
    void shouldTreatAFarFutureAsAheadWhenLogAppendTimeIsUnknown() throws IOException {
      assertRejected(
          ObservationCodec.decode(golden("good/payment.json").getBytes(UTF_8), -1),
          RejectionReason.AHEAD_OF_TIME);
    }

    @Test
    void shouldEndSoonWhenThousandsOfNamesAreUnknown() {
      StringBuilder json = new StringBuilder("{\"specversion\":\"1.0\"");
      for (int i = 0; json.length() < 60_000; i++) {
        json.append(",\"e").append(i).append("\":1");
      }
      assertRejected(decode(json + "}"), RejectionReason.MISSING_FIELD);
      assertThat(
              ((Decoded.Rejected)
                      decode(json + ",\"e17\":1,\"type\":\"" + Observation.TYPE + "\"}"))
                  .detail())
          .contains("name=e17");
    }
  }

  @Nested
  class Binary {
    private static final String DATA = "{\"eventType\":\"t\",\"value\":1}";

    @Test
    void shouldReadContextFromHeaders() {
      assertThat(((Decoded.Accepted) binary(DATA, headers())).observation())
          .isEqualTo(new Observation("energy", "u", "1", 0, "s", "t", 1, false, List.of()));
    }

    @Test
    void shouldReadAMarkerWithoutAValue() {
      String[] headers = headers();
      headers[3] = SourceMarker.TYPE;
      for (String none : new String[] {"", null}) {
        assertThat(binary(none, headers))
            .isEqualTo(new Decoded.Marked(new SourceMarker("energy", "u", "1", 0)));
      }
      assertRejected(binary(DATA, headers), RejectionReason.INVALID_FIELD);
    }

    @Test
    void shouldRejectWhenAHeaderIsMissing() {
      for (int i = 2; i < headers().length; i += 2) {
        String[] headers = headers();
        headers[i] = "ce_other" + i;
        assertRejected(binary(DATA, headers), RejectionReason.MISSING_FIELD);
      }
      String[] headers = headers();
      headers[0] = "ce_other";
      assertRejected(binary(DATA, headers), RejectionReason.NOT_CLOUDEVENTS_1_0);
    }

    @Test
    void shouldRejectWhenAHeaderIsThereTwice() {
      assertRejected(binary(DATA, and("ce_id", "2")), RejectionReason.INVALID_FIELD);
      assertRejected(
          binary(DATA, and("ce_own", "1", "ce_own", "1")), RejectionReason.INVALID_FIELD);
    }

    @Test
    void shouldRejectWhenThereIsNoData() {
      assertRejected(binary(null, headers()), RejectionReason.MISSING_FIELD);
      assertRejected(binary("", headers()), RejectionReason.MISSING_FIELD);
      assertRejected(binary("[]", headers()), RejectionReason.INVALID_FIELD);
      assertRejected(binary("{} {}", headers()), RejectionReason.INVALID_JSON);
      assertRejected(binary(" ", headers()), RejectionReason.INVALID_JSON);
    }

    @Test
    void shouldRejectWhenTheDataIsNotJson() {
      assertRejected(
          binary("<a/>", and("content-type", "application/xml")), RejectionReason.INVALID_JSON);
      assertRejected(
          binary(DATA, and("content-type", "application/xml")), RejectionReason.INVALID_FIELD);
      assertThat(binary(DATA, and("content-type", "application/json; charset=utf-8")))
          .isInstanceOf(Decoded.Accepted.class);
    }

    @Test
    void shouldRejectWhenAHeaderIsNotUtf8() {
      String[] names = {"ce_specversion", "ce_id"};
      byte[][] values = {"1.0".getBytes(UTF_8), {(byte) 0xC0, (byte) 0x80}};
      assertRejected(
          ObservationCodec.decode(DATA.getBytes(UTF_8), names, values, NOW),
          RejectionReason.INVALID_UTF8);
    }

    @Test
    void shouldTakeAHeaderWithoutAValueAsAbsent() {
      String[] headers = headers();
      headers[5] = null;
      assertRejected(binary(DATA, headers), RejectionReason.MISSING_FIELD);
    }

    private String[] and(String... more) {
      List<String> all = new ArrayList<>(Arrays.asList(headers()));
      all.addAll(Arrays.asList(more));
      return all.toArray(String[]::new);
    }

    private String[] headers() {
      return new String[] {
        "ce_specversion", "1.0",
        "ce_type", Observation.TYPE,
        "ce_id", "1",
        "ce_source", "u",
        "ce_time", "1970-01-01T00:00:00Z",
        "ce_sector", "energy",
        "ce_subject", "s"
      };
    }
  }

  @Property(tries = 500)
  void shouldReadBackWhatItWrites(@ForAll("observations") Observation observation) {
    byte[] json = ObservationCodec.encodeStructured(observation, observation.subject());
    assertThat(ObservationCodec.decode(json, observation.timeMs()))
        .isEqualTo(new Decoded.Accepted(observation));
  }

  /**
   * Golden events with bytes flipped, cut out and doubled: never an exception, never a long detail.
   */
  @Property(tries = 3_000)
  void shouldNotThrowWhateverTheBytesAre(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    byte[] bytes = golden("good/every-kind-of-attribute.json").getBytes(UTF_8);
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(3)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes = Arrays.copyOf(bytes, at + 1);
        default -> System.arraycopy(bytes, at / 2, bytes, 0, bytes.length - at / 2);
      }
    }
    Decoded structured = ObservationCodec.decode(bytes, NOW);
    Decoded binary =
        ObservationCodec.decode(
            bytes,
            new String[] {"ce_specversion", "ce_id"},
            new byte[][] {"1.0".getBytes(UTF_8), bytes},
            NOW);
    for (Decoded decoded : List.of(structured, binary)) {
      if (decoded instanceof Decoded.Rejected rejected) {
        assertThat(rejected.detail()).startsWith("expected ").hasSizeLessThan(320);
        assertThat(rejected.detail().chars()).noneMatch(Character::isISOControl);
      }
    }
  }

  @Property(tries = 200)
  void shouldShowAtMostTwoHundredCharactersOfInput(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    String marker = "\u4e2d".repeat(1_000 + random.nextInt(9_000));
    List<String> parts =
        List.of(
            "1.0",
            "p-1",
            "EUR",
            "currency",
            "finance",
            "payment.authorised",
            "specversion",
            "value",
            "2015-09-09T06:00:06.718Z",
            "application/json");
    String json =
        golden("good/payment.json").replace(parts.get(random.nextInt(parts.size())), marker);
    Decoded decoded = decode(json);
    if (decoded instanceof Decoded.Rejected rejected) {
      assertThat(rejected.detail().chars().filter(c -> c == '\u4e2d').count())
          .isLessThanOrEqualTo(200);
    }
  }

  @Provide
  Arbitrary<Observation> observations() {
    Arbitrary<String> names =
        Arbitraries.strings()
            .withCharRange('\u00a1', '\ud7ff')
            .withCharRange(' ', '~')
            .ofMinLength(1)
            .ofMaxLength(30);
    Arbitrary<String> texts =
        Arbitraries.strings().withCharRange('\u0001', '\ud7ff').ofMaxLength(40);
    Arbitrary<Attribute> attributes =
        Arbitraries.oneOf(
            Combinators.combine(names, texts).as(Attribute::ofText),
            Combinators.combine(names, Arbitraries.of(true, false)).as(Attribute::ofBoolean),
            Combinators.combine(names, Arbitraries.longs())
                .as((name, n) -> Attribute.ofNumber(name, Long.toString(n), n, true)),
            Combinators.combine(names, Arbitraries.doubles())
                .as((name, n) -> Attribute.ofNumber(name, Double.toString(n), n, false)));
    Arbitrary<List<Attribute>> lists =
        attributes.list().ofMaxSize(64).uniqueElements(Attribute::name);
    return Combinators.combine(
            Arbitraries.of(Sectors.ALL),
            names,
            names,
            Arbitraries.longs().between(Rfc3339.MIN_MS, Rfc3339.MAX_MS),
            names,
            names,
            Arbitraries.doubles(),
            lists)
        .as(
            (sector, source, id, time, subject, type, value, list) ->
                new Observation(sector, source, id, time, subject, type, value, value < 0, list));
  }

  private static String withAttributes(int count) {
    String attributes =
        String.join(",", IntStream.range(0, count).mapToObj(i -> "\"a" + i + "\":1").toList());
    return utf8(ObservationCodec.encodeStructured(with(1, List.of()), null))
        .replace("\"attributes\":{}", "\"attributes\":{" + attributes + "}");
  }

  private static Observation with(double value, List<Attribute> attributes) {
    return new Observation("energy", "u", "1", NOW, "s", "t", value, false, attributes);
  }

  private static Observation accepted(String json) {
    Decoded decoded = decode(json);
    assertThat(decoded).isInstanceOf(Decoded.Accepted.class);
    return ((Decoded.Accepted) decoded).observation();
  }

  private static void assertRejected(Decoded decoded, RejectionReason reason) {
    assertThat(decoded).isInstanceOf(Decoded.Rejected.class);
    assertThat(((Decoded.Rejected) decoded).reason()).as("%s", decoded).isEqualTo(reason);
  }

  private static Decoded decode(String json) {
    return ObservationCodec.decode(json.getBytes(UTF_8), NOW);
  }

  private static Decoded binary(String value, String... headers) {
    String[] names = new String[headers.length / 2];
    byte[][] values = new byte[names.length][];
    for (int i = 0; i < names.length; i++) {
      names[i] = headers[2 * i];
      String text = headers[2 * i + 1];
      values[i] = text == null ? null : text.getBytes(UTF_8);
    }
    return ObservationCodec.decode(
        value == null ? null : value.getBytes(UTF_8), names, values, NOW);
  }

  private static String golden(String name) throws IOException {
    return Files.readString(GOLDEN.resolve(name));
  }

  private static String utf8(byte[] bytes) {
    return new String(bytes, UTF_8);
  }
}
