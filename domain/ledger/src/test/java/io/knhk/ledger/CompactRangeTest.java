package io.knhk.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class CompactRangeTest {
  @Test
  void shouldHaveTheEmptyRootWhenNothingWasAppended() {
    CompactRange range = new CompactRange();

    assertThat(range.size()).isZero();
    assertThat(range.hashes()).isEmpty();
    assertThat(range.root()).isEqualTo(MerkleTree.emptyRoot());
  }

  @Property(tries = 100)
  void shouldGoOnAsIfNeverInterruptedWhenRestored(
      @ForAll @IntRange(max = 300) int before, @ForAll @IntRange(max = 300) int after) {
    List<byte[]> leaves = MerkleTreeTest.leaves(before + after);
    CompactRange whole = new CompactRange();
    leaves.subList(0, before).forEach(whole::append);

    CompactRange restored = CompactRange.of(whole.size(), whole.hashes());
    leaves.subList(before, before + after).forEach(whole::append);
    leaves.subList(before, before + after).forEach(restored::append);

    assertThat(restored.size()).isEqualTo(before + after);
    assertThat(restored.root()).isEqualTo(whole.root());
    assertThat(restored.hashes()).hasSize(Integer.bitCount(before + after));
    assertThat(restored.root()).isEqualTo(MerkleTree.root(leaves));
  }

  @Test
  void shouldHoldTheRootsOfCompleteSubtreesLargestFirstWhenAsked() {
    List<byte[]> leaves = MerkleTreeTest.leaves(7);
    CompactRange range = new CompactRange();
    leaves.forEach(range::append);

    assertThat(range.hashes())
        .containsExactly(
            MerkleTree.root(leaves.subList(0, 4)),
            MerkleTree.root(leaves.subList(4, 6)),
            leaves.get(6));
  }

  @Test
  void shouldNotChangeWhenWhatWentInOrOutIsChanged() {
    byte[] leaf = MerkleTree.leafHash(new byte[0]);
    CompactRange range = new CompactRange();
    range.append(leaf);
    byte[] root = range.root();

    Arrays.fill(leaf, (byte) 0);
    Arrays.fill(range.hashes().get(0), (byte) 0);
    Arrays.fill(range.root(), (byte) 0);

    assertThat(range.root()).isEqualTo(root);
  }

  @Test
  void shouldRefuseWhenTheDescriptionIsNotOfARange() {
    byte[] hash = new byte[32];

    assertThatIllegalArgumentException().isThrownBy(() -> CompactRange.of(3, List.of(hash)));
    assertThatIllegalArgumentException().isThrownBy(() -> CompactRange.of(0, List.of(hash)));
    assertThatIllegalArgumentException().isThrownBy(() -> CompactRange.of(-1, List.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CompactRange.of(1, List.of(new byte[31])));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CompactRange().append(new byte[33]))
        .withMessage("expected a hash: bytes=33, limit=32");
  }
}
