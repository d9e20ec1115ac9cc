package io.knhk.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

final class SaltedLeavesTest {
  private static final byte[] SECRET = "a secret".getBytes(UTF_8);

  @Test
  void shouldGiveTheSameLeavesForEverWhenGivenTheSameSecret() {
    byte[] seed = SaltedLeaves.seed(SECRET, "knhk.observations.v1/3/finance/4096");
    byte[] leaf = new SaltedLeaves(seed).leaf(258, "{\"value\":1}".getBytes(UTF_8));

    assertThat(HexFormat.of().formatHex(seed))
        .isEqualTo("137ab837a05018367bda777a43cccbf510c95ace0a8577f09241c7b5857b5565");
    assertThat(HexFormat.of().formatHex(leaf))
        .isEqualTo("0658eca26fa0a02318d6c6438a5656e3bbe74b1b55cecf948503763fbf26c61b");
  }

  @Property(tries = 200)
  void shouldBeTheLeafHashOfSaltAndObservationWhenComputed(
      @ForAll @LongRange(min = 0) long index, @ForAll byte[] observation) throws Exception {
    byte[] seed = SaltedLeaves.seed(SECRET, "run");
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(seed, "HmacSHA256"));
    byte[] salt = mac.doFinal(HexFormat.of().parseHex("%016x".formatted(index)));
    byte[] salted = Arrays.copyOf(salt, salt.length + observation.length);
    System.arraycopy(observation, 0, salted, salt.length, observation.length);

    SaltedLeaves leaves = new SaltedLeaves(seed);
    leaves.leaf(7, new byte[3]);

    assertThat(leaves.leaf(index, observation)).isEqualTo(MerkleTree.leafHash(salted));
  }

  @Test
  void shouldDifferWhenOnlyTheIndexOrTheRunDiffers() {
    byte[] observation = "same".getBytes(UTF_8);
    SaltedLeaves run = new SaltedLeaves(SaltedLeaves.seed(SECRET, "run 1"));
    SaltedLeaves otherRun = new SaltedLeaves(SaltedLeaves.seed(SECRET, "run 2"));

    assertThat(run.leaf(0, observation)).isNotEqualTo(run.leaf(1, observation));
    assertThat(run.leaf(0, observation)).isNotEqualTo(otherRun.leaf(0, observation));
  }

  @Test
  void shouldRefuseWhenSizesAreWrong() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SaltedLeaves(new byte[31]))
        .withMessage("expected a seed: bytes=31, limit=32");
    assertThatIllegalArgumentException().isThrownBy(() -> SaltedLeaves.seed(new byte[0], "run"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SaltedLeaves(new byte[32]).leaf(-1, new byte[0]));
  }
}
