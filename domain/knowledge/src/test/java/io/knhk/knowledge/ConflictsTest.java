package io.knhk.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.knowledge.Conflicts.Conflict;
import io.knhk.knowledge.Conflicts.Kind;
import io.knhk.knowledge.Snapshot.Applied;
import io.knhk.schemas.knowledge.Delta;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ConflictsTest {
  private static final String P = "<http://e/p>";

  @Example
  void shouldFindNothingWhenChangesAreAboutDifferentThings() {
    Snapshot parent = Snapshot.of(List.of(line("a", P, "b"), line("b", P, "c")));
    assertThat(between(parent, adds(line("a", P, "c")), adds(line("b", P, "a")))).isEmpty();
    assertThat(between(parent, removes(line("a", P, "b")), adds(line("c", P, "b")))).isEmpty();
  }

  @Example
  void shouldNameTheTripleWhenBothAddOrBothRemoveIt() {
    Snapshot parent = Snapshot.of(List.of(line("a", P, "b")));
    assertThat(between(parent, adds(line("a", P, "c")), adds(line("a", P, "c"))))
        .containsExactly(conflict(Kind.SAME_TRIPLE, "a", line("a", P, "c")));
    assertThat(between(parent, removes(line("a", P, "b")), removes(line("a", P, "b"))))
        .containsExactly(conflict(Kind.SAME_TRIPLE, "a", line("a", P, "b")));
  }

  @Example
  void shouldNameTheTripleWhenOneAddsWhatTheOtherRemoves() {
    assertThat(between(Snapshot.of(List.of()), adds(line("a", P, "c")), removes(line("a", P, "c"))))
        .extracting(Conflict::kind)
        .contains(Kind.OPPOSITE);
  }

  @Example
  void shouldNameBothValuesWhenAPropertyHasOne() {
    Snapshot parent = Snapshot.of(List.of());
    String two = line("a", Vocabulary.DECIMALS, "two");
    String three = line("a", Vocabulary.DECIMALS, "three");
    assertThat(between(parent, adds(two), adds(three)))
        .containsExactly(conflict(Kind.SINGLE_VALUE, "a", two, three));
    assertThat(between(parent, adds(two), adds(line("b", Vocabulary.DECIMALS, "three")))).isEmpty();
  }

  @Example
  void shouldKnowThatAPropertyHasOneValueWhenTheOntologySaysSo() {
    String declared = new NTriple(P, Vocabulary.A, Vocabulary.FUNCTIONAL_PROPERTY).line();
    Delta one = adds(line("a", P, "b"));
    Delta other = adds(line("a", P, "c"));
    assertThat(between(Snapshot.of(List.of()), one, other)).isEmpty();
    assertThat(between(Snapshot.of(List.of(declared)), one, other))
        .extracting(Conflict::kind)
        .containsExactly(Kind.SINGLE_VALUE);
  }

  @Example
  void shouldNameWhatRefersWhenTheOtherRemovesTheSubject() {
    Snapshot parent = Snapshot.of(List.of(line("a", P, "b"), line("a", P, "c")));
    Delta all = removes(line("a", P, "b"), line("a", P, "c"));
    Delta refers = adds(line("d", P, "a"));
    assertThat(between(parent, all, refers))
        .containsExactly(
            conflict(
                Kind.REMOVED_SUBJECT,
                "a",
                line("a", P, "b"),
                line("a", P, "c"),
                line("d", P, "a")));
    // Where something is still said about it, or said anew, it has not gone.
    assertThat(between(parent, removes(line("a", P, "b")), refers)).isEmpty();
    Delta replaced = new Delta(List.of(line("a", P, "e")), all.removed());
    assertThat(between(parent, replaced, refers)).isEmpty();
  }

  @Property(tries = 1_000)
  void shouldBeSymmetricAndLetBothApplyInEitherOrderWhenThereAreNone(
      @ForAll("lines") Set<String> before,
      @ForAll("lines") Set<String> first,
      @ForAll("lines") Set<String> second) {
    Snapshot parent = Snapshot.of(before);
    Delta a = toggling(before, first);
    Delta b = toggling(before, second);
    List<Conflict> conflicts = Conflicts.between(parent, a, b);
    assertThat(Conflicts.between(parent, b, a)).isEqualTo(conflicts);
    if (conflicts.isEmpty()) {
      String ab = changed(changed(parent.apply(a)).apply(b)).id();
      assertThat(changed(changed(parent.apply(b)).apply(a)).id()).isEqualTo(ab);
    } else if (conflicts.get(0).kind() == Kind.SAME_TRIPLE) {
      assertThat(changed(parent.apply(a)).apply(b)).isInstanceOf(Applied.Refused.class);
    }
  }

  @Provide
  Arbitrary<Set<String>> lines() {
    Arbitrary<String> names = Arbitraries.of("a", "b", "c", "d");
    return Combinators.combine(names, Arbitraries.of(P, Vocabulary.DECIMALS, "<http://e/q>"), names)
        .as(ConflictsTest::line)
        .set()
        .ofMaxSize(5);
  }

  /** Removes what is there of these, and adds the rest. */
  private static Delta toggling(Set<String> before, Set<String> lines) {
    List<String> added = new ArrayList<>(lines);
    added.removeAll(before);
    List<String> removed = new ArrayList<>(lines);
    removed.retainAll(before);
    return new Delta(added, removed);
  }

  private static List<Conflict> between(Snapshot parent, Delta a, Delta b) {
    List<Conflict> conflicts = Conflicts.between(parent, a, b);
    assertThat(Conflicts.between(parent, b, a)).isEqualTo(conflicts);
    return conflicts;
  }

  private static Conflict conflict(Kind kind, String subject, String... triples) {
    return new Conflict(kind, "<http://e/" + subject + ">", List.of(triples));
  }

  private static Delta adds(String... lines) {
    return new Delta(List.of(lines), List.of());
  }

  private static Delta removes(String... lines) {
    return new Delta(List.of(), List.of(lines));
  }

  private static String line(String subject, String predicate, String object) {
    return new NTriple("<http://e/" + subject + ">", predicate, "<http://e/" + object + ">").line();
  }

  private static Snapshot changed(Applied applied) {
    assertThat(applied).isInstanceOf(Applied.Changed.class);
    return ((Applied.Changed) applied).snapshot();
  }
}
