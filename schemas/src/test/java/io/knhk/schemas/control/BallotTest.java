package io.knhk.schemas.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class BallotTest {
  private static final Ballot BALLOT =
      new Ballot("aa".repeat(32), "bb".repeat(32), "cc".repeat(32), "dd".repeat(32));

  /** Computed with: printf of each part behind its length as four bytes, into sha256sum. */
  @Example
  void shouldHaveTheGoldenHashWhenComputed() {
    assertThat(BALLOT.hash())
        .isEqualTo("97f9c80722df3ed3743818a16a262c1711790d6ad2d3ee65695e9c525b69eeda");
  }

  @Property(tries = 200)
  void shouldHaveAnotherHashWhenAnythingIsAnother(@ForAll String other) {
    for (Ballot changed :
        List.of(
            new Ballot(other, BALLOT.proposal(), BALLOT.doctrine(), BALLOT.parent()),
            new Ballot(BALLOT.request(), other, BALLOT.doctrine(), BALLOT.parent()),
            new Ballot(BALLOT.request(), BALLOT.proposal(), other, BALLOT.parent()),
            new Ballot(BALLOT.request(), BALLOT.proposal(), BALLOT.doctrine(), other))) {
      assertThat(changed.hash()).isNotEqualTo(BALLOT.hash());
    }
  }

  /** What one part ends with is never the beginning of the next. */
  @Example
  void shouldHaveAnotherHashWhenPartsAreCutElsewhere() {
    assertThat(new Ballot("ab", "c", "d", "e").hash())
        .isNotEqualTo(new Ballot("a", "bc", "d", "e").hash());
    assertThat(new Ballot("", "", "", "a").hash()).isNotEqualTo(new Ballot("a", "", "", "").hash());
  }
}
