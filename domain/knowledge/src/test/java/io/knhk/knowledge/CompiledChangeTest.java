package io.knhk.knowledge;

import static io.knhk.knowledge.Changes.KNHK;
import static io.knhk.knowledge.Changes.SH;
import static io.knhk.knowledge.Changes.change;
import static io.knhk.knowledge.Changes.fin;
import static io.knhk.knowledge.Changes.integer;
import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.knowledge.CompiledChange.Outcome;
import io.knhk.schemas.Sectors;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.CompiledSnapshotCodec;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.knowledge.Delta;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CompiledChangeTest {
  private static final String TYPE = fin("payment.authorised");
  private static final Map<String, CompiledSnapshot> COMPILED = new HashMap<>();
  private static final Map<String, Facts> FACTS = new HashMap<>();

  @Test
  void shouldCompileOnlyWhatTheChangeCanAffect() {
    CompiledChange change =
        change()
            .replace(fin("payment.authorised::value"), SH + "maxInclusive", integer(7))
            .compiled();
    assertThat(change.classes()).extracting(CompiledChange.ClassChange::iri).containsExactly(TYPE);
    assertThat(change.typesBefore().get("payment.authorised").valueMax()).isEqualTo(10_000);
    assertThat(change.typesAfter().get("payment.authorised").valueMax()).isEqualTo(7);
    assertThat(change.nodes()).isEqualTo(2);
  }

  @Test
  void shouldFindTheClassWhenAListDeepBelowItChanges() {
    String list = Changes.object(fin("payment.authorised:currency"), SH + "in");
    CompiledChange change = change().replace(list, Vocabulary.RDF + "first", "\"SEK\"").compiled();
    assertThat(change.typesAfter().get("payment.authorised").properties().get(1).allowed())
        .contains("SEK")
        .hasSize(5);
    assertThat(change.classesOf(list)).containsExactly(TYPE);
  }

  @Test
  void shouldAffectBothWhenAConstraintMovesFromOneClassToAnother() {
    CompiledChange change =
        change()
            .remove(TYPE, SH + "property", fin("payment.authorised:channel"))
            .add(fin("payment.settled"), SH + "property", fin("payment.authorised:channel"))
            .compiled();
    assertThat(change.classes())
        .extracting(CompiledChange.ClassChange::eventType)
        .containsExactly("payment.authorised", "payment.settled");
  }

  @Test
  void shouldAffectNothingWhenOnlyAnnotationsOfOtherNodesChange() {
    CompiledChange change =
        change()
            .add("<https://knhk.io/ns/finance>", Vocabulary.RDFS + "comment", "\"x\"")
            .compiled();
    assertThat(change.classes()).isEmpty();
    assertThat(change.types()).isEqualTo(Changes.COMPILED.types());
  }

  @Test
  void shouldRefuseWhenTwoClassesWouldHaveOneName() {
    Delta delta = change().replace(TYPE, KNHK + "eventType", "\"payment.settled\"").delta();
    assertThat(CompiledChange.of(Changes.HEAD, Changes.COMPILED, delta))
        .isEqualTo(
            new Outcome.Refused("expected one class for a wire name: eventType=payment.settled"));
  }

  @Test
  void shouldRefuseWhenItReachesMoreThanItMay() {
    List<String> lines = new ArrayList<>(Changes.HEAD.lines());
    for (int i = 0; i <= CompiledChange.NODES_MAX; i++) {
      lines.add(cell(i) + " " + Vocabulary.FIRST + " \"" + i + "\" .");
      lines.add(cell(i) + " " + Vocabulary.REST + " " + cell(i + 1) + " .");
    }
    Delta end =
        new Delta(
            List.of(
                cell(CompiledChange.NODES_MAX + 1)
                    + " "
                    + Vocabulary.REST
                    + " "
                    + Vocabulary.NIL
                    + " ."),
            List.of());
    Outcome outcome = CompiledChange.of(Snapshot.of(lines), Changes.COMPILED, end);
    assertThat(((Outcome.Refused) outcome).detail()).contains("limit=10000");
  }

  private static String cell(int i) {
    return "<https://knhk.io/ns/finance/node#cell" + i + ">";
  }

  /** The whole compiled anew is the reference. */
  @Property(tries = 300)
  void shouldEqualTheWholeCompiledWhenAnyDeltaOfTheSectorApplies(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 8) int edits) {
    Random random = new Random(seed);
    String sector = Sectors.ALL.get(random.nextInt(Sectors.ALL.size()));
    Snapshot head = Bundled.of(sector);
    CompiledSnapshot compiled =
        COMPILED.computeIfAbsent(sector, key -> Bundled.compiled(key, head, 1));
    Facts facts = FACTS.computeIfAbsent(sector, key -> Facts.of(head));
    Delta delta = randomDelta(random, sector, head, edits);
    Snapshot shadow = ((Snapshot.Applied.Changed) head.apply(delta)).snapshot();
    Outcome outcome =
        CompiledChange.of(facts, compiled, delta, CompiledChange.bytesOf(compiled.types()));
    List<CompiledType> whole;
    try {
      whole = SnapshotCompiler.types(Facts.of(shadow));
    } catch (IllegalArgumentException e) {
      assertThat(outcome).isInstanceOf(Outcome.Refused.class);
      return;
    }
    assertThat(outcome).isInstanceOf(Outcome.Compiled.class);
    CompiledChange change = ((Outcome.Compiled) outcome).change();
    assertThat(change.types()).isEqualTo(whole);
    assertThat(change.typesBytes()).isEqualTo(CompiledChange.bytesOf(whole));
    assertThat(guards(change, head)).isEqualTo(Guard.all(shadow));
  }

  @Test
  void shouldCountTheBytesThatTheSnapshotIsEncodedIn() {
    int with = CompiledSnapshotCodec.encode(Changes.COMPILED).length;
    CompiledSnapshot none =
        new CompiledSnapshot("finance", 1, Changes.HEAD.id(), "", "", 0, List.of(), Map.of());
    int without = CompiledSnapshotCodec.encode(none).length;
    assertThat(CompiledChange.bytesOf(Changes.COMPILED.types()) - 1).isEqualTo(with - without);
  }

  /** Guards of the classes affected, after, with those of the rest. */
  private static List<Guard> guards(CompiledChange change, Snapshot head) {
    Set<String> affected = change.typesBefore().keySet();
    List<Guard> guards = new ArrayList<>();
    Guard.all(head).stream().filter(g -> !affected.contains(g.eventType())).forEach(guards::add);
    change.classes().forEach(c -> guards.addAll(c.guardsAfter()));
    guards.sort(Comparator.comparing(Guard::eventType).thenComparing(Guard::iri));
    return guards;
  }

  /** Lines of the sector taken out, and lines made of the parts of others put in. */
  private static Delta randomDelta(Random random, String sector, Snapshot head, int edits) {
    List<NTriple> own =
        head.lines().stream()
            .map(NTriple::parse)
            .filter(triple -> SectorIris.owns(sector, triple.subject()))
            .toList();
    Set<String> added = new TreeSet<>();
    Set<String> removed = new TreeSet<>();
    for (int i = 0; i < edits; i++) {
      NTriple one = own.get(random.nextInt(own.size()));
      NTriple other = own.get(random.nextInt(own.size()));
      for (int j = 0; j < 20 && !other.predicate().equals(one.predicate()); j++) {
        other = own.get(random.nextInt(own.size()));
      }
      int kind = random.nextInt(4);
      if (kind != 1) {
        removed.add(one.line());
      }
      if (kind != 0) {
        String subject = kind == 3 ? other.subject() : one.subject();
        String object = kind == 3 ? one.object() : other.object();
        String line = new NTriple(subject, one.predicate(), object).line();
        if (!head.contains(line)) {
          added.add(line);
        }
      }
    }
    if (added.isEmpty() && removed.isEmpty()) {
      removed.add(own.get(0).line());
    }
    return new Delta(List.copyOf(added), List.copyOf(removed));
  }
}
