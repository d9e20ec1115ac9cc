package io.knhk.schemas.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.schemas.control.ControlContent.ChangeApprover;
import io.knhk.schemas.control.ControlContent.ChangeDoctrine;
import io.knhk.schemas.control.ControlContent.Choice;
import io.knhk.schemas.control.ControlContent.Hold;
import io.knhk.schemas.control.ControlContent.HoldTarget;
import io.knhk.schemas.control.ControlContent.ImportOntology;
import io.knhk.schemas.control.ControlContent.ImportPart;
import io.knhk.schemas.control.ControlContent.ProposeChange;
import io.knhk.schemas.control.ControlContent.RelaxGuard;
import io.knhk.schemas.control.ControlContent.RollBack;
import io.knhk.schemas.control.ControlContent.Vote;
import io.knhk.schemas.control.ControlContent.Withdraw;
import io.knhk.schemas.knowledge.DoctrineRule;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ControlMessageCodecTest {
  private static final String A = "aa".repeat(32);
  private static final String B = "0b".repeat(32);
  private static final String PEM = "-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----\n";
  private static final String BEFORE =
      "{\"v\":1,\"log\":\"knhk\",\"sector\":\"finance\",\"signer\":\""
          + A
          + "\",\"counter\":7,\"expiresAtMs\":1700000000000,\"content\":";
  private static final DoctrineRule RULE =
      new DoctrineRule(
          "no-friday",
          "finance",
          DoctrineRule.Constraint.TIME_WINDOW,
          new TreeMap<>(Map.of("days", "fri", "zone", "Europe/Zurich")),
          DoctrineRule.Enforcement.MANDATORY,
          0,
          Long.MAX_VALUE,
          2,
          "Nothing on Fridays.");

  private static final Map<ControlKind, ControlContent> CONTENTS = contents();
  private static final Map<ControlKind, String> GOLDEN = golden();

  @Example
  void shouldWriteTheGoldenBytesWhenEncoded() {
    assertThat(GOLDEN.keySet()).containsExactly(ControlKind.values());
    for (ControlKind kind : ControlKind.values()) {
      ControlMessage message = message(content(kind));
      assertThat(text(ControlMessageCodec.encode(message)))
          .as(kind.name())
          .isEqualTo(BEFORE + GOLDEN.get(kind) + "}");
      ControlMessage read = decode(kind, BEFORE + GOLDEN.get(kind) + "}");
      assertThat(read.content().kind()).isEqualTo(kind);
      assertThat(ControlMessageCodec.encode(read)).isEqualTo(ControlMessageCodec.encode(message));
    }
  }

  @Property(tries = 500)
  void shouldComeBackWhenEncodedAndDecoded(@ForAll("messages") ControlMessage message) {
    byte[] encoded = ControlMessageCodec.encode(message);
    ControlMessage read = ControlMessageCodec.decode(message.content().kind(), encoded);

    assertThat(ControlMessageCodec.encode(read)).isEqualTo(encoded);
    if (message.content() instanceof ImportPart part) {
      assertThat(((ImportPart) read.content()).lines()).isEqualTo(part.lines());
    } else {
      assertThat(read).isEqualTo(message);
    }
  }

  @Provide
  Arbitrary<ControlMessage> messages() {
    return ControlMessages.all();
  }

  /** The kind is in the payload type alone, so the bytes of one kind must be no other's. */
  @Example
  void shouldRefuseWhenBytesAreReadAsAnotherKind() {
    for (ControlKind written : ControlKind.values()) {
      for (ControlKind read : ControlKind.values()) {
        if (written != read) {
          assertThatThrownBy(() -> decode(read, BEFORE + GOLDEN.get(written) + "}"))
              .as(written + " read as " + read)
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageStartingWith("expected");
        }
      }
    }
  }

  @Example
  void shouldHaveAPayloadTypeOfItsOwnWhenOfAnyKind() {
    List<String> types = Stream.of(ControlKind.values()).map(ControlKind::payloadType).toList();
    assertThat(types).doesNotHaveDuplicates().contains("application/vnd.knhk.control.vote.v1+json");
    for (ControlKind kind : ControlKind.values()) {
      assertThat(ControlKind.ofPayloadType(kind.payloadType())).contains(kind);
      assertThat(ControlKind.ofPayloadType(kind.payloadType() + " ")).isEmpty();
    }
    assertThat(ControlKind.ofPayloadType("application/vnd.knhk.tick.v1+json")).isEmpty();
  }

  @Example
  void shouldRefuseWhenAMemberIsMissingUnknownOrThereTwice() {
    for (ControlKind kind : ControlKind.values()) {
      String whole = BEFORE + GOLDEN.get(kind) + "}";
      for (String name : names(whole)) {
        assertRefused(kind, without(whole, name));
        assertRefused(kind, whole.replaceFirst("\"" + name + "\":", "\"" + name + "2\":"));
        assertRefused(kind, twice(whole, name));
        assertRefused(kind, withValue(whole, name, "null"));
        assertRefused(kind, withValue(whole, name, "{\"x\":{}}"));
        assertRefused(kind, withValue(whole, name, "[7]"));
        assertRefused(kind, withValue(whole, name, "-1"));
        assertRefused(kind, withValue(whole, name, "1.5"));
      }
      assertRefused(kind, whole.substring(0, whole.length() - 1) + ",\"more\":1}");
      assertRefused(kind, whole.substring(0, whole.length() - 2) + ",\"more\":1}}");
    }
  }

  @Example
  void shouldRefuseWhenItIsNoMessageAtAll() {
    String good = BEFORE + GOLDEN.get(ControlKind.VOTE) + "}";
    for (String bad :
        List.of(
            "",
            "null",
            "7",
            "[]",
            "{}",
            good + "{}",
            good + "x",
            good.substring(1),
            good.replace("\"v\":1", "\"v\":2"),
            good.replace("finance", "mining"),
            good.replace("finance", "_ingest"),
            good.replace(A, A.toUpperCase(Locale.ROOT)),
            good.replace(A, A.substring(1)),
            good.replace("\"counter\":7", "\"counter\":9223372036854775808"),
            good.replace("\"counter\":7", "\"counter\":7.0"),
            good.replace("\"log\":\"knhk\"", "\"log\":\" \""),
            "[".repeat(10_000),
            "{\"v\":".repeat(10_000))) {
      assertRefused(ControlKind.VOTE, bad);
    }
    assertThatThrownBy(
            () -> ControlMessageCodec.decode(ControlKind.VOTE, new byte[] {(byte) 0xff, '{'}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("expected");
  }

  @Example
  void shouldHoldEveryLimitWhenAtItAndOneBeyond() {
    atLimit(256, n -> new ControlMessage("l".repeat(n), "finance", A, 1, 1, new RollBack(A, "r")));
    atLimit(1_000, n -> message(new RollBack(A, "r".repeat(n))));
    atLimit(1_000, n -> message(new ProposeChange("x", "", "s".repeat(n), "", false)));
    atLimit(2_048, n -> message(new RelaxGuard("g".repeat(n), 1, "r")));
    atLimit(2_048, n -> message(new Hold(true, HoldTarget.CHANGE, "c".repeat(n), "r")));
    atLimit(64, n -> message(new ProposeChange("x", "", "s", "p".repeat(n), false)));
    atLimit(64, n -> message(new ChangeApprover("p".repeat(n), new TreeSet<>(), "", "", "r")));
    atLimit(1_024, n -> message(new ChangeApprover("p", new TreeSet<>(), "k".repeat(n), "", "r")));
    atLimit(64, n -> message(ruled("i".repeat(n), new TreeMap<>(), "t")));
    atLimit(32, n -> message(ruled("i", parameters(n, 1), "t")));
    atLimit(4_096, n -> message(ruled("i", parameters(1, n), "t")));
    atLimit(1_000, n -> message(ruled("i", new TreeMap<>(), "t".repeat(n))));
    atLimit(256, n -> message(new ImportOntology(A, 1, 1, namespaces(n, 10), "s", false)));
    atLimit(2_048, n -> message(new ImportOntology(A, 1, 1, namespaces(1, n), "s", false)));
    atLimit(1_000, n -> message(new ImportOntology(A, n, 1, List.of(), "s", false)));
    atLimit(1_000, n -> message(new ImportPart(A, 0, n, new byte[1])));
    atLimit(ControlContent.RDF_BYTES_MAX, n -> message(new ImportPart(A, 0, 1, new byte[n])));
    // Both texts together, counted in bytes: the umlaut has two.
    atLimit(
        ControlContent.RDF_BYTES_MAX,
        n -> message(new ProposeChange("a".repeat(n - 3), "b\u00fc", "s", "", false)));
  }

  @Example
  void shouldRefuseBeforeReadingWhenItIsTooLarge() {
    byte[] large = new byte[ControlMessage.BYTES_MAX + 1];
    assertThatThrownBy(() -> ControlMessageCodec.decode(ControlKind.PROPOSAL, large))
        .hasMessage("expected a bounded message: bytes=524289, limit=524288");
    assertThatThrownBy(
            () -> ControlMessageCodec.decode(ControlKind.PROPOSAL, new byte[large.length - 1]))
        .hasMessageStartingWith("expected JSON");
  }

  @Example
  void shouldRefuseWhenWhatIsSaidMakesNoSense() {
    for (ControlContent content :
        List.of(
            new ProposeChange("", "", "s", "", false),
            new ProposeChange("x", "", " ", "", false),
            new ProposeChange("x", "", "s", "Anna", false),
            new ImportPart(A, 1, 1, new byte[1]),
            new ImportOntology(A, 0, 1, List.of(), "s", false),
            new ImportOntology(A, 1, 0, List.of(), "s", false),
            new RelaxGuard(" ", 1, "r"),
            new RelaxGuard("g", -1, "r"),
            new ChangeDoctrine(false, ruleOf("energy"), "r"),
            new ChangeApprover("-p", new TreeSet<>(), "", "", "r"),
            new ChangeApprover("p", new TreeSet<>(), "", "3f", "r"),
            new RollBack("3f", "r"),
            new RollBack(A, ""),
            new Vote(A, B, Choice.REJECT, " ", false),
            new Vote(A, B, Choice.APPROVE, "", true),
            new Vote(A, B, Choice.ABSTAIN, "r", true),
            new Vote("3f", B, Choice.APPROVE, "", false),
            new Withdraw(A, ""),
            new Hold(true, HoldTarget.CHANGE, "", "r"),
            new Hold(true, HoldTarget.PROMOTIONS, "c", "r"))) {
      ControlMessage message = message(content);
      assertThatThrownBy(
              () -> ControlMessageCodec.decode(content.kind(), ControlMessageCodec.encode(message)))
          .as(content.toString())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("expected");
    }
    assertRefused(
        ControlKind.IMPORT_PART,
        BEFORE + GOLDEN.get(ControlKind.IMPORT_PART).replace("aGk=", "a*==") + "}");
    assertRefused(
        ControlKind.APPROVER,
        BEFORE + GOLDEN.get(ControlKind.APPROVER).replace("steward", "king") + "}");
  }

  private static void assertRefused(ControlKind kind, String json) {
    assertThatThrownBy(() -> decode(kind, json))
        .as(kind + " " + (json.length() > 600 ? json.substring(0, 600) : json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("expected");
  }

  private static void atLimit(int limit, IntFunction<ControlMessage> sized) {
    ControlMessage within = sized.apply(limit);
    ControlMessage beyond = sized.apply(limit + 1);
    ControlKind kind = within.content().kind();
    assertThatCode(() -> ControlMessageCodec.decode(kind, ControlMessageCodec.encode(within)))
        .as(kind + " at " + limit)
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> ControlMessageCodec.decode(kind, ControlMessageCodec.encode(beyond)))
        .as(kind + " beyond " + limit)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("expected");
  }

  /** Every name of a member, those of objects within included; not those of a rule's parameters. */
  private static List<String> names(String json) {
    return Pattern.compile("\"([A-Za-z]+)\":")
        .matcher(json)
        .results()
        .map(match -> match.group(1))
        .filter(name -> !name.equals("days") && !name.equals("zone"))
        .toList();
  }

  private static String without(String json, String name) {
    int at = json.indexOf("\"" + name + "\":");
    int end = endOfValue(json, json.indexOf(':', at) + 1);
    boolean isLast = json.charAt(end) == '}';
    int from = isLast && json.charAt(at - 1) == ',' ? at - 1 : at;
    return json.substring(0, from) + json.substring(isLast ? end : end + 1);
  }

  private static String withValue(String json, String name, String value) {
    int from = json.indexOf("\"" + name + "\":") + name.length() + 3;
    return json.substring(0, from) + value + json.substring(endOfValue(json, from));
  }

  private static String twice(String json, String name) {
    int at = json.indexOf("\"" + name + "\":");
    int end = endOfValue(json, json.indexOf(':', at) + 1);
    return json.substring(0, at) + json.substring(at, end) + "," + json.substring(at);
  }

  /** Index behind the value that begins at {@code from}. */
  private static int endOfValue(String json, int from) {
    int depth = 0;
    boolean inText = false;
    for (int i = from; i < json.length(); i++) {
      char c = json.charAt(i);
      if (inText) {
        i += c == '\\' ? 1 : 0;
        inText = c != '"';
      } else if (c == '"') {
        inText = true;
      } else if (c == '{' || c == '[') {
        depth++;
      } else if (depth == 0 && (c == ',' || c == '}' || c == ']')) {
        return i;
      } else if (c == '}' || c == ']') {
        depth--;
      }
    }
    throw new IllegalStateException(json);
  }

  private static ChangeDoctrine ruled(
      String id, SortedMap<String, String> parameters, String text) {
    return new ChangeDoctrine(
        false,
        new DoctrineRule(
            id,
            "finance",
            DoctrineRule.Constraint.SCHEMA,
            parameters,
            DoctrineRule.Enforcement.WARNING,
            0,
            1,
            1,
            text),
        "r");
  }

  private static DoctrineRule ruleOf(String sector) {
    return new DoctrineRule(
        RULE.id(),
        sector,
        RULE.constraint(),
        RULE.parameters(),
        RULE.enforcement(),
        RULE.effectiveFromMs(),
        RULE.effectiveUntilMs(),
        RULE.version(),
        RULE.text());
  }

  private static SortedMap<String, String> parameters(int count, int chars) {
    return IntStream.range(0, count)
        .boxed()
        .collect(
            Collectors.toMap(
                i -> "p" + i, i -> "v".repeat(chars), (first, second) -> first, TreeMap::new));
  }

  private static List<String> namespaces(int count, int chars) {
    return IntStream.range(0, count).mapToObj(i -> String.format("%0" + chars + "d", i)).toList();
  }

  private static ControlContent content(ControlKind kind) {
    ControlContent content = CONTENTS.get(kind);
    if (content == null) {
      throw new IllegalStateException("expected an example: kind=" + kind);
    }
    return content;
  }

  private static Map<ControlKind, ControlContent> contents() {
    Map<ControlKind, ControlContent> contents = new EnumMap<>(ControlKind.class);
    for (ControlContent content :
        List.of(
            new ProposeChange("<a> <b> \"\u00fc\" .\n", "", "Adds \u00fc", "anna", true),
            new ImportPart(A, 1, 3, "hi".getBytes(StandardCharsets.US_ASCII)),
            new ImportOntology(A, 3, 12_345, List.of("https://b", "https://a"), "FIBO", false),
            new RelaxGuard("https://knhk.io/ns/finance#t::rate", 7_200_000, "Payout day"),
            new ChangeDoctrine(false, RULE, "Audit 12"),
            new ChangeApprover(
                "bob",
                new TreeSet<>(List.of(Role.STEWARD, Role.ADMINISTRATOR)),
                PEM,
                B,
                "New laptop"),
            new RollBack(B, "Cents"),
            new Vote(A, B, Choice.REJECT, "Cents", true),
            new Withdraw(A, "Superseded"),
            new Hold(true, HoldTarget.CHANGE, "t!value", "Mended"))) {
      contents.put(content.kind(), content);
    }
    return contents;
  }

  private static Map<ControlKind, String> golden() {
    Map<ControlKind, String> golden = new EnumMap<>(ControlKind.class);
    golden.put(
        ControlKind.PROPOSAL,
        "{\"add\":\"<a> <b> \\\"\u00fc\\\" .\\n\",\"remove\":\"\",\"summary\":\"Adds \u00fc\","
            + "\"onBehalfOf\":\"anna\",\"dryRun\":true}");
    golden.put(
        ControlKind.IMPORT_PART,
        "{\"importId\":\"" + A + "\",\"index\":1,\"parts\":3,\"lines\":\"aGk=\"}");
    golden.put(
        ControlKind.IMPORT,
        "{\"importId\":\""
            + A
            + "\",\"parts\":3,\"triples\":12345,\"namespaces\":[\"https://a\",\"https://b\"],"
            + "\"summary\":\"FIBO\",\"dryRun\":false}");
    golden.put(
        ControlKind.RELAXATION,
        "{\"guard\":\"https://knhk.io/ns/finance#t::rate\",\"durationMs\":7200000,"
            + "\"reason\":\"Payout day\"}");
    golden.put(
        ControlKind.DOCTRINE,
        "{\"retire\":false,\"rule\":{\"id\":\"no-friday\",\"sector\":\"finance\","
            + "\"constraint\":\"time-window\",\"parameters\":{\"days\":\"fri\","
            + "\"zone\":\"Europe/Zurich\"},\"enforcement\":\"mandatory\",\"effectiveFromMs\":0,"
            + "\"effectiveUntilMs\":9223372036854775807,\"version\":2,"
            + "\"text\":\"Nothing on Fridays.\"},\"reason\":\"Audit 12\"}");
    golden.put(
        ControlKind.APPROVER,
        "{\"person\":\"bob\",\"roles\":[\"administrator\",\"steward\"],\"addKey\":\""
            + PEM.replace("\n", "\\n")
            + "\",\"revokeKey\":\""
            + B
            + "\",\"reason\":\"New laptop\"}");
    golden.put(ControlKind.ROLLBACK, "{\"snapshotId\":\"" + B + "\",\"reason\":\"Cents\"}");
    golden.put(
        ControlKind.VOTE,
        "{\"request\":\""
            + A
            + "\",\"ballot\":\""
            + B
            + "\",\"choice\":\"reject\",\"reason\":\"Cents\",\"producerFault\":true}");
    golden.put(ControlKind.WITHDRAWAL, "{\"request\":\"" + A + "\",\"reason\":\"Superseded\"}");
    golden.put(
        ControlKind.HOLD,
        "{\"release\":true,\"target\":\"change\",\"change\":\"t!value\",\"reason\":\"Mended\"}");
    return golden;
  }

  private static ControlMessage message(ControlContent content) {
    return new ControlMessage("knhk", "finance", A, 7, 1_700_000_000_000L, content);
  }

  private static ControlMessage decode(ControlKind kind, String json) {
    return ControlMessageCodec.decode(kind, json.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
