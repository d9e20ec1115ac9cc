package io.knhk.knowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.knowledge.Snapshot.Applied;
import io.knhk.schemas.knowledge.Delta;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SnapshotTest {
  private static final String LINE = line(1);

  @Example
  void shouldHaveTheIdsThatTheLayoutSaysWhenSmall() {
    assertThat(Snapshot.of(List.of()).id()).isEqualTo("0".repeat(64));
    byte[] key = Sha256.of(LINE);
    assertThat(Snapshot.of(List.of(LINE)).id()).isEqualTo(hex(Sha256.of(0, key)));
    byte[] other = Sha256.of(line(2));
    // Both keys must part at the first bit for the root to be one branch of two leaves.
    assertThat(key[0] < 0).isNotEqualTo(other[0] < 0);
    byte[] left = key[0] < 0 ? other : key;
    byte[] right = key[0] < 0 ? key : other;
    assertThat(Snapshot.of(List.of(LINE, line(2))).id())
        .isEqualTo(hex(Sha256.of(1, Sha256.of(0, left), Sha256.of(0, right))));
  }

  @Example
  void shouldKeepItsIdWhenItIsComputedByALaterRelease() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      lines.add(line(i));
    }
    // From an implementation of the layout in another language.
    assertThat(Snapshot.of(lines).id())
        .isEqualTo("68d016e2e13e1d5e192509ffc5f83a8b1af85f3cbfe5a4985d359537db25d3fb");
  }

  @Property
  void shouldNotDependOnOrderOrHistoryWhenTheSetIsTheSame(
      @ForAll("numbers") Set<Integer> numbers,
      @ForAll("numbers") Set<Integer> passing,
      @ForAll Random random) {
    List<Integer> order = new ArrayList<>(numbers);
    Collections.shuffle(order, random);
    Set<Integer> visitors = new HashSet<>(passing);
    visitors.removeAll(numbers);
    Snapshot grown = Snapshot.of(List.of());
    for (int number : visitors) {
      grown = changed(grown.apply(new Delta(List.of(line(number)), List.of())));
    }
    for (int number : order) {
      grown = changed(grown.apply(new Delta(List.of(line(number)), List.of())));
    }
    for (int number : visitors) {
      grown = changed(grown.apply(new Delta(List.of(), List.of(line(number)))));
    }
    Snapshot built = Snapshot.of(order.stream().map(SnapshotTest::line).toList());
    assertThat(grown.id()).isEqualTo(built.id());
    assertThat(grown.lines()).isEqualTo(built.lines()).isSorted().hasSize(numbers.size());
    assertThat(grown.size()).isEqualTo(numbers.size());
  }

  @Property
  void shouldComeBackWhenADeltaIsInverted(
      @ForAll("numbers") Set<Integer> before, @ForAll("numbers") Set<Integer> after) {
    Snapshot head = Snapshot.of(before.stream().map(SnapshotTest::line).toList());
    Delta delta = difference(before, after);
    Snapshot next = changed(head.apply(delta));
    assertThat(next.lines()).isEqualTo(after.stream().map(SnapshotTest::line).sorted().toList());
    assertThat(changed(next.apply(delta.inverse())).id()).isEqualTo(head.id());
    if (!before.equals(after)) {
      assertThat(next.id()).isNotEqualTo(head.id());
    }
  }

  @Property
  void shouldContainExactlyItsLinesWhenAsked(
      @ForAll("numbers") Set<Integer> numbers, @ForAll("number") int asked) {
    Snapshot snapshot = Snapshot.of(numbers.stream().map(SnapshotTest::line).toList());
    assertThat(snapshot.contains(line(asked))).isEqualTo(numbers.contains(asked));
  }

  @Example
  void shouldRefuseWhenADeltaDoesNotFitExactly() {
    Snapshot head = Snapshot.of(List.of(LINE));
    assertThat(head.apply(new Delta(List.of(LINE), List.of()))).isInstanceOf(Applied.Refused.class);
    assertThat(head.apply(new Delta(List.of(), List.of(line(2)))))
        .isInstanceOf(Applied.Refused.class);
    assertThat(head.apply(new Delta(List.of("not a triple"), List.of())))
        .isInstanceOf(Applied.Refused.class);
    assertThat(head.lines()).containsExactly(LINE);
  }

  @Example
  void shouldRefuseWhenItWouldBeTooLarge() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < Snapshot.TRIPLES_MAX; i++) {
      lines.add(line(i));
    }
    Snapshot full = Snapshot.of(lines);
    assertThat(full.apply(new Delta(List.of(line(-1)), List.of())))
        .isInstanceOf(Applied.Refused.class);
    assertThat(full.apply(new Delta(List.of(line(-1)), List.of(line(0)))))
        .isInstanceOf(Applied.Changed.class);
    lines.add(line(-1));
    assertThatThrownBy(() -> Snapshot.of(lines)).hasMessageContaining("limit=200000");
  }

  @Example
  void shouldTakeOnlyCanonicalLinesWhenGivenOthers() {
    List<String> good =
        List.of(
            "<a:s> <a:p> <a:o> .",
            "<a:s> <a:p> \"x\" .",
            "<a:s> <a:p> \"tab\tand \\\"quote\\\" \\\\ \\n \\r\" .",
            "<a:s> <a:p> \"x\"@en-GB .",
            "<a:s> <a:p> \"1\"^^<http://www.w3.org/2001/XMLSchema#integer> .",
            "<a:s> <a:p> \"\uD83D\uDE00 \u00e9\" .");
    good.forEach(line -> assertThat(NTriple.parse(line).line()).isEqualTo(line));
    List<String> bad =
        List.of(
            "",
            "<a:s> <a:p> <a:o>",
            "<a:s> <a:p> <a:o> . ",
            "<a:s>  <a:p> <a:o> .",
            "_:b <a:p> <a:o> .",
            "<a:s> <a:p> _:b .",
            "<relative> <a:p> <a:o> .",
            "<a:s> <a:p> <a:o o> .",
            "<a:s> <a:p> <a:\\u0041> .",
            "<a:s> \"p\" <a:o> .",
            "<a:s> <a:p> \"\\u0041\" .",
            "<a:s> <a:p> \"\\t\" .",
            "<a:s> <a:p> \"open .",
            "<a:s> <a:p> \"two\nlines\" .",
            "<a:s> <a:p> \"x\"^^<http://www.w3.org/2001/XMLSchema#string> .",
            "<a:s> <a:p> \"x\"@ .",
            "<a:s> <a:p> \"x\"@en- .",
            "<a:s> <a:p> \"\uD83D\" .",
            "<a:s> <a:p> <a:o> . <a:s> <a:p> <a:o> .",
            "<a:s> <a:p> \"" + "x".repeat(NTriple.LINE_CHARS_MAX) + "\" .");
    bad.forEach(
        line ->
            assertThatThrownBy(() -> NTriple.parse(line))
                .as(line)
                .isInstanceOf(IllegalArgumentException.class));
  }

  @Property
  void shouldReadBackWhatWasQuotedWhenAnyText(@ForAll("texts") String text) {
    String line = new NTriple("<a:s>", "<a:p>", Terms.text(text)).line();
    assertThat(Terms.lexical(NTriple.parse(line).object())).isEqualTo(text);
  }

  @Property
  void shouldReadBackTheSameDoubleWhenWrittenAsDecimal(@ForAll double value) {
    assertThat(Double.parseDouble(Terms.plain(value)) + 0.0).isEqualTo(value + 0.0);
  }

  @Provide
  Arbitrary<Set<Integer>> numbers() {
    return number().set().ofMaxSize(60);
  }

  @Provide
  Arbitrary<Integer> number() {
    return Arbitraries.integers().between(0, 99);
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings()
        .all()
        .ofMaxLength(20)
        .filter(text -> !text.chars().anyMatch(c -> Character.isSurrogate((char) c)));
  }

  private static Delta difference(Set<Integer> before, Set<Integer> after) {
    return new Delta(
        after.stream().filter(n -> !before.contains(n)).map(SnapshotTest::line).toList(),
        before.stream().filter(n -> !after.contains(n)).map(SnapshotTest::line).toList());
  }

  private static Snapshot changed(Applied applied) {
    return ((Applied.Changed) applied).snapshot();
  }

  private static String line(int number) {
    return "<urn:s> <urn:p> \"" + number + "\" .";
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
