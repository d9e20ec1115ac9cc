package io.knhk.schemas.knowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.schemas.Sectors;
import io.knhk.schemas.observation.Datatype;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class CompiledSnapshotCodecTest {
  private static final double NONE = Double.POSITIVE_INFINITY;
  private static final String GOLDEN =
      "{\"parentId\":\"\",\"promotedAtMs\":1700000000000,\"proposalId\":\"\",\"sector\":\"finance\",\"snapshotId\":\""
          + "ab".repeat(32)
          + "\",\"touched\":{\"payment!value\":1,\"payment#risk\":2},\"types\":[{\"decimals\":2,\"detectors\":{"
          + "\"baselineBuckets\":12,\"bucketMs\":300000,\"driftZ\":0.0,\"errorMinCount\":20,\"errorRateMax\":0.002,"
          + "\"expectedEveryMs\":0,\"frequencyZ\":6.5,\"maxPerBucket\":0,\"mismatchMinCount\":20,\"warmupBuckets\":6},"
          + "\"name\":\"payment\",\"properties\":[{\"allowed\":[\"CHF\",\"\u20ac\"],\"datatype\":\"STRING\",\"name\":\"currency\","
          + "\"required\":true},{\"datatype\":\"DECIMAL\",\"max\":1.0,\"min\":0.0,\"name\":\"risk\",\"required\":false}],"
          + "\"valueMax\":10000.0,\"valueMin\":0.01,\"watchEachSubject\":true}],\"version\":1}";

  @Example
  void shouldWriteTheGoldenBytesWhenEncoded() {
    assertThat(new String(CompiledSnapshotCodec.encode(golden()), StandardCharsets.UTF_8))
        .isEqualTo(GOLDEN);
    assertThat(CompiledSnapshotCodec.decode(bytes(GOLDEN))).isEqualTo(golden());
  }

  @Property
  void shouldComeBackWhenEncodedAndDecoded(@ForAll("snapshots") CompiledSnapshot snapshot) {
    byte[] encoded = CompiledSnapshotCodec.encode(snapshot);
    assertThat(CompiledSnapshotCodec.decode(encoded)).isEqualTo(snapshot);
    assertThat(CompiledSnapshotCodec.encode(CompiledSnapshotCodec.decode(encoded)))
        .isEqualTo(encoded);
  }

  @Example
  void shouldRefuseWhenAnythingIsNotAsEncoded() {
    assertRefused("expected one JSON object", "");
    assertRefused("expected JSON", "{");
    assertRefused("expected an object", "[]");
    assertRefused("expected all members", "{}");
    assertRefused("expected", GOLDEN + " {}");
    assertRefused("expected JSON", GOLDEN.replace("\"version\":1", "\"version\":1,\"version\":1"));
    assertRefused(
        "expected no other members", GOLDEN.replace("\"version\":1", "\"version\":1,\"x\":1"));
    assertRefused("expected all members", GOLDEN.replace(",\"version\":1", ""));
    assertRefused(
        "expected a 64-bit integer", GOLDEN.replace("\"version\":1", "\"version\":\"1\""));
    assertRefused("expected a 64-bit integer", GOLDEN.replace("\"version\":1", "\"version\":1.0"));
    assertRefused(
        "expected a 64-bit integer",
        GOLDEN.replace("\"version\":1", "\"version\":99999999999999999999"));
    assertRefused(
        "expected a version of at least 1", GOLDEN.replace("\"version\":1", "\"version\":0"));
    assertRefused("expected a known sector", GOLDEN.replace("finance", "mining"));
    assertRefused("expected 64 hex digits", GOLDEN.replace("abab", "ABAB"));
    assertRefused("expected a datatype", GOLDEN.replace("DECIMAL", "decimal"));
    assertRefused("expected true or false", GOLDEN.replace("\"required\":true", "\"required\":1"));
    assertRefused(
        "expected a finite number", GOLDEN.replace("\"valueMax\":10000.0", "\"valueMax\":1e999"));
    assertRefused(
        "expected decimals from 0 to 9", GOLDEN.replace("\"decimals\":2", "\"decimals\":10"));
    assertRefused("expected bucketMs", GOLDEN.replace("\"bucketMs\":300000", "\"bucketMs\":1"));
    assertRefused("expected at least one text", GOLDEN.replace("[\"CHF\",\"\u20ac\"]", "[]"));
    assertRefused(
        "expected properties in order", GOLDEN.replace("\"name\":\"currency\"", "\"name\":\"z\""));
    assertRefused(
        "expected an object", GOLDEN.replace("{\"payment!value\":1,\"payment#risk\":2}", "[]"));
    assertRefused("expected JSON", "[".repeat(100) + "]".repeat(100));
    assertThatThrownBy(() -> CompiledSnapshotCodec.decode(new byte[] {(byte) 0xc3, 0x28}))
        .hasMessageContaining("expected UTF-8");
  }

  @Example
  void shouldRefuseWhenTooLarge() {
    CompiledSnapshot golden = golden();
    Map<String, Long> touched = new LinkedHashMap<>();
    for (int i = 0; i < 5_000; i++) {
      touched.put("x".repeat(250) + i, 1L);
    }
    CompiledSnapshot large =
        new CompiledSnapshot("finance", 1, golden.snapshotId(), "", "", 0, golden.types(), touched);
    assertThatThrownBy(() -> CompiledSnapshotCodec.encode(large))
        .hasMessageContaining("limit=1048576");
    assertThatThrownBy(() -> CompiledSnapshotCodec.decode(new byte[CompiledSnapshot.BYTES_MAX + 1]))
        .hasMessageContaining("limit=1048576");
  }

  @Example
  void shouldRefuseWhenTypesAreNotInOrder() {
    CompiledType type = golden().types().get(0);
    CompiledSnapshot twice =
        new CompiledSnapshot(
            "finance", 1, "ab".repeat(32), "", "", 0, List.of(type, type), Map.of());
    assertThatThrownBy(() -> CompiledSnapshotCodec.encode(twice))
        .hasMessageContaining("distinct names");
  }

  @Provide
  Arbitrary<CompiledSnapshot> snapshots() {
    Arbitrary<List<CompiledType>> types =
        type().list().uniqueElements(CompiledType::name).ofMaxSize(4);
    Arbitrary<Map<String, Long>> touched =
        Arbitraries.maps(name(), Arbitraries.longs().between(1, Long.MAX_VALUE)).ofMaxSize(4);
    return Combinators.combine(
            Arbitraries.of(Sectors.ALL),
            Arbitraries.longs().between(1, Long.MAX_VALUE),
            Arbitraries.of("", "0f".repeat(32)),
            Arbitraries.longs(),
            types,
            touched)
        .as(
            (sector, version, id, at, of, elements) -> {
              List<CompiledType> sorted = new ArrayList<>(of);
              sorted.sort((a, b) -> a.name().compareTo(b.name()));
              return new CompiledSnapshot(
                  sector, version, "ab".repeat(32), id, id, at, sorted, elements);
            });
  }

  private static Arbitrary<CompiledType> type() {
    Arbitrary<List<CompiledProperty>> properties =
        property().list().uniqueElements(CompiledProperty::name).ofMaxSize(4);
    return Combinators.combine(
            name(),
            Arbitraries.integers().between(0, 9),
            finite(),
            Arbitraries.of(true, false),
            properties)
        .as(
            (name, decimals, bound, flag, of) -> {
              List<CompiledProperty> sorted = new ArrayList<>(of);
              sorted.sort((a, b) -> a.name().compareTo(b.name()));
              return new CompiledType(
                  name,
                  decimals,
                  flag,
                  flag ? bound : -NONE,
                  flag ? NONE : bound,
                  sorted,
                  new DetectorParameters(1_000, 2, 2, bound, 3, bound, 4, 5, bound, 6));
            });
  }

  private static Arbitrary<CompiledProperty> property() {
    return Combinators.combine(
            name(),
            Arbitraries.of(Datatype.class),
            Arbitraries.of(true, false),
            finite(),
            name().list().ofMaxSize(3))
        .as(
            (name, datatype, flag, bound, allowed) ->
                new CompiledProperty(
                    name, datatype, flag, flag ? bound : -NONE, flag ? NONE : bound, allowed));
  }

  private static Arbitrary<String> name() {
    return Arbitraries.strings()
        .alpha()
        .numeric()
        .withChars('"', '\\', '\n', '\u20ac', '#', '!', '.')
        .ofMinLength(1)
        .ofMaxLength(8);
  }

  private static Arbitrary<Double> finite() {
    return Arbitraries.doubles().filter(Double::isFinite);
  }

  private static CompiledSnapshot golden() {
    CompiledType type =
        new CompiledType(
            "payment",
            2,
            true,
            0.01,
            10_000,
            List.of(
                new CompiledProperty(
                    "currency", Datatype.STRING, true, -NONE, NONE, List.of("CHF", "\u20ac")),
                new CompiledProperty("risk", Datatype.DECIMAL, false, 0, 1, List.of())),
            new DetectorParameters(300_000, 12, 6, 6.5, 0, 2.0E-3, 20, 0, 0, 20));
    return new CompiledSnapshot(
        "finance",
        1,
        "ab".repeat(32),
        "",
        "",
        1_700_000_000_000L,
        List.of(type),
        Map.of("payment#risk", 2L, "payment!value", 1L));
  }

  private static void assertRefused(String message, String json) {
    assertThatThrownBy(() -> CompiledSnapshotCodec.decode(bytes(json)))
        .as(json)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
