package io.knhk.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.POJONode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CanonicalJsonTest {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  static List<Path> vectors() {
    return Vectors.files("jcs/input");
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void shouldGiveThePublishedOutputWhenGivenThePublishedInput(Path input) throws Exception {
    byte[] expected = Files.readAllBytes(Vectors.file("jcs/output").resolve(input.getFileName()));

    assertThat(CanonicalJson.canonicalise(Files.readAllBytes(input))).isEqualTo(expected);
    assertThat(CanonicalJson.canonicalise(expected)).isEqualTo(expected);
    assertThat(CanonicalJson.bytes(Vectors.json(input))).isEqualTo(expected);
  }

  @Test
  void shouldFindAllVectorsWhenLookingForThem() {
    assertThat(vectors()).hasSize(6);
  }

  /** RFC 8785, appendix B. */
  @ParameterizedTest
  @CsvSource({
    "0000000000000000, 0",
    "8000000000000000, 0",
    "0000000000000001, 5e-324",
    "8000000000000001, -5e-324",
    "7fefffffffffffff, 1.7976931348623157e+308",
    "ffefffffffffffff, -1.7976931348623157e+308",
    "4340000000000000, 9007199254740992",
    "c340000000000000, -9007199254740992",
    "4430000000000000, 295147905179352830000",
    "44b52d02c7e14af5, 9.999999999999997e+22",
    "44b52d02c7e14af6, 1e+23",
    "44b52d02c7e14af7, 1.0000000000000001e+23",
    "444b1ae4d6e2ef4e, 999999999999999700000",
    "444b1ae4d6e2ef4f, 999999999999999900000",
    "444b1ae4d6e2ef50, 1e+21",
    "3eb0c6f7a0b5ed8c, 9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d, 0.000001",
    "41b3de4355555553, 333333333.3333332",
    "41b3de4355555554, 333333333.33333325",
    "41b3de4355555555, 333333333.3333333",
    "41b3de4355555556, 333333333.3333334",
    "41b3de4355555557, 333333333.33333343",
    "becbf647612f3696, -0.0000033333333333333333",
    "43143ff3c1cb0959, 1424953923781206.2",
    // Not in the appendix: one digit is enough where Java writes two, also with a carry into the
    // next power of ten.
    "0000000000000002, 1e-323",
    "0000000000000003, 1.5e-323",
    "0000000000000004, 2e-323",
    "000000000000000c, 6e-323",
    "0010000000000000, 2.2250738585072014e-308",
    "3ff8000000000000, 1.5",
    "4059000000000000, 100"
  })
  void shouldWriteAsEcmaScriptWhenGivenTheBitsOfADouble(String bits, String expected) {
    double value = Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16));

    assertThat(text(NODES.numberNode(value))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void shouldRefuseWhenANumberIsNotFinite(double value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CanonicalJson.bytes(NODES.numberNode(value)))
        .withMessageStartingWith("expected a number that a double can hold: number=");
  }

  @Test
  void shouldRefuseWhenABigNumberIsBeyondADouble() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CanonicalJson.bytes(NODES.numberNode(new BigDecimal("1e400"))));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CanonicalJson.bytes(NODES.numberNode(BigInteger.TEN.pow(400))));
  }

  @Test
  void shouldRoundLikeADoubleWhenAnIntegerIsBeyondExactness() throws Exception {
    assertThat(text(NODES.numberNode(Long.MAX_VALUE))).isEqualTo("9223372036854776000");
    assertThat(canonical("9223372036854775807")).isEqualTo("9223372036854776000");
    assertThat(text(NODES.numberNode(9007199254740993L))).isEqualTo("9007199254740992");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{\"a\":1,\"a\":2}",
        "{\"a\":1,\"\\u0061\":2}",
        "{\"b\":{\"a\":1,\"a\":1}}",
        "NaN",
        "[Infinity]",
        "-Infinity",
        "1e400",
        "-1e400",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "{\"\\ud800\":1}",
        "1 2",
        "{} x",
        "{}{}",
        "[1,]",
        "{\"a\":1,}",
        "[1",
        "{\"a\"",
        "\"a",
        "{a:1}",
        "{'a':1}",
        "// c\n1",
        "01",
        "+1",
        "1.",
        ".5",
        "0x1",
        "tru",
        "\"\t\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\uFEFF{}"
      })
  void shouldRefuseWhenTextIsNotStrictJson(String json) {
    assertThatThrownBy(() -> CanonicalJson.canonicalise(json.getBytes(UTF_8)))
        .isInstanceOf(LedgerFormatException.class)
        .hasMessageStartingWith("expected ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"22ff22", "22c0af22", "22eda08022", "22f490808022", "22e282", "fffe22002200"})
  void shouldRefuseWhenBytesAreNotUtf8(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);

    assertThatThrownBy(() -> CanonicalJson.canonicalise(bytes))
        .isInstanceOf(LedgerFormatException.class)
        .hasMessageStartingWith("expected well-formed UTF-8");
  }

  @Test
  void shouldRefuseWhenTextIsUtf16() {
    assertThatThrownBy(() -> CanonicalJson.canonicalise(new byte[] {'{', 0, '}', 0}))
        .isInstanceOf(LedgerFormatException.class);
  }

  @Test
  void shouldStopAtTheLimitWhenNestingIsDeep() throws Exception {
    String deepest = "[".repeat(64) + "]".repeat(64);
    String objects = "{\"a\":".repeat(64) + "1" + "}".repeat(64);
    String tooDeep = "[".repeat(65) + "]".repeat(65);
    JsonNode node = MAPPER.readTree(tooDeep);

    assertThat(canonical(deepest)).isEqualTo(deepest);
    assertThat(canonical(objects)).isEqualTo(objects);
    assertThatThrownBy(() -> canonical(tooDeep)).isInstanceOf(LedgerFormatException.class);
    assertThatThrownBy(() -> canonical("[".repeat(100_000)))
        .isInstanceOf(LedgerFormatException.class);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CanonicalJson.bytes(node))
        .withMessage("expected nesting within the limit: levels=65, limit=64");
  }

  @Test
  void shouldStopAtTheLimitWhenTextIsLong() throws Exception {
    String longest = "\"" + "a".repeat(CanonicalJson.BYTES_MAX - 2) + "\"";

    assertThat(canonical(longest)).isEqualTo(longest);
    assertThatThrownBy(() -> canonical(longest + " "))
        .isInstanceOf(LedgerFormatException.class)
        .hasMessage("expected JSON within the limit: bytes=4194305, limit=4194304");
  }

  @Test
  void shouldRefuseWhenANumberIsWrittenTooLong() throws Exception {
    assertThat(canonical("1" + "0".repeat(300))).isEqualTo("1e+300");
    assertThatThrownBy(() -> canonical("0." + "0".repeat(1_000) + "1"))
        .isInstanceOf(LedgerFormatException.class);
  }

  @Test
  void shouldRefuseWhenANodeIsNotJson() {
    assertThatIllegalArgumentException().isThrownBy(() -> CanonicalJson.bytes(new POJONode(1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CanonicalJson.bytes(NODES.binaryNode(new byte[1])));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CanonicalJson.bytes(MissingNode.getInstance()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CanonicalJson.bytes(NODES.textNode("a\ud800")));
  }

  @Test
  void shouldEscapeAsLittleAsPossibleWhenWritingStrings() {
    assertThat(text(NODES.textNode("\u0000\b\t\n\u000b\f\r\u001f\"\\/\u007f\u2028é😀")))
        .isEqualTo("\"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\\\"\\\\/\u007f\u2028é😀\"");
  }

  @Test
  void shouldSortByUtf16WhenNamesAreBeyondTheBasicPlane() throws Exception {
    // U+1F600 begins with the unit D83D and so comes before U+FB33, although its code point is
    // larger.
    assertThat(canonical("{\"\ufb33\":1,\"😀\":2,\"\":0}"))
        .isEqualTo("{\"\":0,\"😀\":2,\"\ufb33\":1}");
  }

  @Property(tries = 5_000)
  void shouldReadBackAsTheSameDoubleWhenWritten(@ForAll long bits) {
    double value = Double.longBitsToDouble(bits);
    if (!Double.isFinite(value)) {
      return;
    }
    String written = text(NODES.numberNode(value));

    assertThat(Double.parseDouble(written)).isEqualTo(value + 0.0);
    assertThat(isShortest(new BigDecimal(written), value)).as(written).isTrue();
  }

  @Property(tries = 2_000)
  void shouldWriteDecimalsAsTheyAreReadWhenTheyAreShort(
      @ForAll int unscaled, @ForAll("scales") int scale) throws Exception {
    BigDecimal decimal = BigDecimal.valueOf(unscaled, scale);

    assertThat(new BigDecimal(canonical(decimal.toString()))).isEqualByComparingTo(decimal);
  }

  @Property
  void shouldBeAFixedPointWhenCanonicalisedAgain(@ForAll("values") JsonNode value)
      throws Exception {
    byte[] once = CanonicalJson.bytes(value);

    assertThat(CanonicalJson.canonicalise(once)).isEqualTo(once);
    assertThat(CanonicalJson.bytes(CanonicalJson.parse(once))).isEqualTo(once);
  }

  @Property
  void shouldNotDependOnLayoutOrOrderWhenCanonicalised(@ForAll("values") JsonNode value)
      throws Exception {
    byte[] pretty = MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(reversed(value));

    assertThat(CanonicalJson.canonicalise(pretty)).isEqualTo(CanonicalJson.bytes(value));
  }

  @Property
  void shouldMeanTheSameWhenReadByAnotherParser(@ForAll("values") JsonNode value)
      throws IOException {
    JsonNode read = MAPPER.readTree(CanonicalJson.bytes(value));

    assertThat(CanonicalJson.bytes(read)).isEqualTo(CanonicalJson.bytes(value));
  }

  @Property
  void shouldNeverFailOtherwiseWhenBytesAreAnything(@ForAll byte[] bytes) {
    try {
      assertThat(CanonicalJson.canonicalise(bytes)).isNotEmpty();
    } catch (LedgerFormatException e) {
      assertThat(e).hasMessageStartingWith("expected ");
    }
  }

  @Provide
  Arbitrary<Integer> scales() {
    return Arbitraries.integers().between(-30, 30);
  }

  @Provide
  Arbitrary<JsonNode> values() {
    Arbitrary<String> strings =
        Arbitraries.strings().all().ofMaxLength(8).filter(CanonicalJson::isWellFormed);
    Arbitrary<JsonNode> leaves =
        Arbitraries.oneOf(
            strings.map(NODES::textNode),
            Arbitraries.longs().between(-(1L << 53), 1L << 53).map(NODES::numberNode),
            Arbitraries.doubles().map(NODES::numberNode),
            Arbitraries.of(true, false).map(NODES::booleanNode),
            Arbitraries.just(NODES.nullNode()));
    return nested(leaves, strings, 3);
  }

  private static Arbitrary<JsonNode> nested(
      Arbitrary<JsonNode> leaves, Arbitrary<String> names, int levels) {
    if (levels == 0) {
      return leaves;
    }
    Arbitrary<JsonNode> inner = nested(leaves, names, levels - 1);
    return Arbitraries.oneOf(
        leaves,
        inner.list().ofMaxSize(3).map(list -> NODES.arrayNode().addAll(list)),
        Combinators.combine(names.list().ofMaxSize(4).uniqueElements(), inner.list().ofSize(4))
            .as(CanonicalJsonTest::object));
  }

  private static JsonNode object(List<String> names, List<JsonNode> values) {
    ObjectNode object = NODES.objectNode();
    for (int i = 0; i < names.size(); i++) {
      object.set(names.get(i), values.get(i));
    }
    return object;
  }

  private static JsonNode reversed(JsonNode value) {
    if (value.isArray()) {
      var copy = NODES.arrayNode();
      value.forEach(element -> copy.add(reversed(element)));
      return copy;
    }
    if (!value.isObject()) {
      return value;
    }
    List<Map.Entry<String, JsonNode>> members = new ArrayList<>(value.properties());
    Collections.reverse(members);
    ObjectNode copy = NODES.objectNode();
    members.forEach(member -> copy.set(member.getKey(), reversed(member.getValue())));
    return copy;
  }

  /**
   * The definition, by brute force: neither neighbour with one digit less reads back as the value.
   */
  private static boolean isShortest(BigDecimal written, double value) {
    int digits = written.stripTrailingZeros().precision();
    if (written.signum() == 0 || digits == 1) {
      return true;
    }
    BigDecimal exact = new BigDecimal(value);
    BigDecimal down = exact.round(new MathContext(digits - 1, RoundingMode.DOWN));
    BigDecimal up = exact.round(new MathContext(digits - 1, RoundingMode.UP));
    return down.doubleValue() != value && up.doubleValue() != value;
  }

  private static String canonical(String json) throws LedgerFormatException {
    return new String(CanonicalJson.canonicalise(json.getBytes(UTF_8)), UTF_8);
  }

  private static String text(JsonNode value) {
    return new String(CanonicalJson.bytes(value), UTF_8);
  }
}
