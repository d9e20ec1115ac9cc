package io.knhk.schemas.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.schemas.observation.Datatype;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class MismatchTallyTest {
  @Provide
  Arbitrary<MismatchTally> tallies() {
    return Combinators.combine(
            Arbitraries.of(Datatype.class),
            Arbitraries.doubles().between(-1e9, 1e9),
            Arbitraries.integers().between(0, 3),
            Arbitraries.longs().between(0, 20))
        .as(
            (datatype, number, partition, offset) ->
                MismatchTally.of(
                    new Mismatch(
                        MismatchKind.UNKNOWN_ATTRIBUTE,
                        "x",
                        datatype,
                        datatype == Datatype.STRING ? Double.NaN : number),
                    partition,
                    offset));
  }

  @Property
  void shouldAddUpToTheSameInAnyOrder(
      @ForAll("tallies") MismatchTally a,
      @ForAll("tallies") MismatchTally b,
      @ForAll("tallies") MismatchTally c) {
    assertThat(b.plus(a)).isEqualTo(a.plus(b));
    assertThat(a.plus(b).plus(c)).isEqualTo(a.plus(b.plus(c)));
    assertThat(a.plus(b).plus(c).count()).isEqualTo(3);
  }

  @Test
  void shouldHaveNoNumbersWhenNoneWasOne() {
    MismatchTally tally =
        MismatchTally.of(
            new Mismatch(MismatchKind.UNKNOWN_ATTRIBUTE, "x", Datatype.STRING, Double.NaN), 1, 2);
    assertThat(tally.min()).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(tally.max()).isEqualTo(Double.NEGATIVE_INFINITY);
  }
}
