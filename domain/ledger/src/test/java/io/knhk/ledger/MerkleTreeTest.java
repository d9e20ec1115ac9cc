package io.knhk.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class MerkleTreeTest {
  private static final int SIZE_MAX = 40;

  static List<Path> inclusionVectors() {
    return Vectors.files("merkle/inclusion");
  }

  static List<Path> consistencyVectors() {
    return Vectors.files("merkle/consistency");
  }

  @ParameterizedTest
  @MethodSource("inclusionVectors")
  void shouldAgreeWithTheVectorWhenVerifyingInclusion(Path file) {
    JsonNode vector = Vectors.json(file);

    boolean verified =
        MerkleTree.verifyInclusion(
            vector.path("leafIdx").bigIntegerValue().longValue(),
            vector.path("treeSize").bigIntegerValue().longValue(),
            hash(vector.path("leafHash")),
            proof(vector),
            hash(vector.path("root")));

    assertThat(verified).isEqualTo(!vector.path("wantErr").booleanValue());
  }

  @ParameterizedTest
  @MethodSource("consistencyVectors")
  void shouldAgreeWithTheVectorWhenVerifyingConsistency(Path file) {
    JsonNode vector = Vectors.json(file);

    boolean verified =
        MerkleTree.verifyConsistency(
            vector.path("size1").bigIntegerValue().longValue(),
            vector.path("size2").bigIntegerValue().longValue(),
            proof(vector),
            hash(vector.path("root1")),
            hash(vector.path("root2")));

    assertThat(verified).isEqualTo(!vector.path("wantErr").booleanValue());
  }

  @Test
  void shouldFindAllVectorsWhenLookingForThem() {
    assertThat(inclusionVectors().size() + consistencyVectors().size()).isEqualTo(196);
  }

  /** The eight entries that Certificate Transparency's own tests use, and their root. */
  @Test
  void shouldGiveThePublishedRootWhenGivenThePublishedEntries() {
    List<byte[]> leaves =
        List.of(
                "",
                "00",
                "10",
                "2021",
                "3031",
                "40414243",
                "5051525354555657",
                "606162636465666768696a6b6c6d6e6f")
            .stream()
            .map(hex -> MerkleTree.leafHash(HexFormat.of().parseHex(hex)))
            .toList();

    assertThat(MerkleTree.root(leaves))
        .asHexString()
        .isEqualToIgnoringCase("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
    assertThat(MerkleTree.emptyRoot())
        .asHexString()
        .isEqualToIgnoringCase("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assertThat(MerkleTree.leafHash(new byte[0]))
        .asHexString()
        .isEqualToIgnoringCase("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  }

  @Test
  void shouldEqualTheRecursiveDefinitionWhenTakingRoots() throws Exception {
    for (int size = 0; size <= 2 * SIZE_MAX; size++) {
      List<byte[]> entries = entries(size);

      assertThat(MerkleTree.root(leaves(size))).as("size=%d", size).isEqualTo(definition(entries));
    }
  }

  @Test
  void shouldVerifyExactlyItsOwnPlaceWhenGivenAnInclusionProof() {
    for (int size = 1; size <= SIZE_MAX; size++) {
      List<byte[]> leaves = leaves(size);
      byte[] root = MerkleTree.root(leaves);
      for (int index = 0; index < size; index++) {
        List<byte[]> proof = MerkleTree.inclusionProof(index, leaves);
        for (int other = 0; other < size; other++) {
          assertThat(MerkleTree.verifyInclusion(other, size, leaves.get(index), proof, root))
              .as("size=%d index=%d other=%d", size, index, other)
              .isEqualTo(other == index);
          assertThat(MerkleTree.verifyInclusion(index, size, leaves.get(other), proof, root))
              .isEqualTo(other == index);
        }
      }
    }
  }

  @Test
  void shouldVerifyExactlyItsOwnSizesWhenGivenAConsistencyProof() {
    List<byte[]> leaves = leaves(SIZE_MAX);
    List<byte[]> roots =
        IntStream.rangeClosed(0, SIZE_MAX)
            .mapToObj(size -> MerkleTree.root(leaves.subList(0, size)))
            .toList();
    for (int size = 1; size <= SIZE_MAX; size++) {
      for (int smaller = 1; smaller <= size; smaller++) {
        List<byte[]> proof = MerkleTree.consistencyProof(smaller, leaves.subList(0, size));
        for (int other = 0; other <= size; other++) {
          assertThat(
                  MerkleTree.verifyConsistency(
                      smaller, size, proof, roots.get(other), roots.get(size)))
              .as("size=%d smaller=%d other=%d", size, smaller, other)
              .isEqualTo(other == smaller);
        }
      }
    }
  }

  @Test
  void shouldRefuseWhenHistoryWasRewritten() {
    List<byte[]> leaves = new ArrayList<>(leaves(13));
    byte[] before = MerkleTree.root(leaves.subList(0, 6));
    leaves.set(2, MerkleTree.leafHash("rewritten".getBytes(UTF_8)));

    assertThat(
            MerkleTree.verifyConsistency(
                6, 13, MerkleTree.consistencyProof(6, leaves), before, MerkleTree.root(leaves)))
        .isFalse();
  }

  @Property
  void shouldRefuseWhenAnyBitOfAProofIsFlipped(
      @ForAll @IntRange(min = 2, max = 200) int size,
      @ForAll @IntRange(max = 10_000) int place,
      @ForAll @IntRange(max = 100_000) int bit) {
    List<byte[]> leaves = leaves(size);
    byte[] root = MerkleTree.root(leaves);
    int index = place % size;
    List<byte[]> proof = MerkleTree.inclusionProof(index, leaves);
    flip(proof.get(bit % proof.size()), bit);
    assertThat(MerkleTree.verifyInclusion(index, size, leaves.get(index), proof, root)).isFalse();

    int smaller = 1 + place % (size - 1);
    byte[] smallerRoot = MerkleTree.root(leaves.subList(0, smaller));
    List<byte[]> consistency = MerkleTree.consistencyProof(smaller, leaves);
    assertThat(MerkleTree.verifyConsistency(smaller, size, consistency, smallerRoot, root))
        .isTrue();
    flip(consistency.get(bit % consistency.size()), bit);
    assertThat(MerkleTree.verifyConsistency(smaller, size, consistency, smallerRoot, root))
        .isFalse();
  }

  @Test
  void shouldRefuseWhenPlacesAreOutsideTheTree() {
    List<byte[]> leaves = leaves(3);

    assertThatIllegalArgumentException().isThrownBy(() -> MerkleTree.inclusionProof(3, leaves));
    assertThatIllegalArgumentException().isThrownBy(() -> MerkleTree.inclusionProof(-1, leaves));
    assertThatIllegalArgumentException().isThrownBy(() -> MerkleTree.consistencyProof(0, leaves));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MerkleTree.consistencyProof(4, leaves))
        .withMessage("expected a size within the tree: smallerSize=4, size=3");
  }

  @Test
  void shouldRefuseWhenSizesAreHuge() {
    byte[] leaf = leaves(1).get(0);

    assertThat(MerkleTree.verifyInclusion(0, Long.MAX_VALUE, leaf, List.of(leaf), leaf)).isFalse();
    assertThat(MerkleTree.verifyInclusion(-1, Long.MIN_VALUE, leaf, List.of(leaf), leaf)).isFalse();
    assertThat(MerkleTree.verifyConsistency(1, Long.MAX_VALUE, List.of(leaf), leaf, leaf))
        .isFalse();
    assertThat(MerkleTree.verifyConsistency(-1, 5, List.of(leaf), leaf, leaf)).isFalse();
  }

  static List<byte[]> leaves(int size) {
    return entries(size).stream().map(MerkleTree::leafHash).toList();
  }

  private static List<byte[]> entries(int size) {
    return IntStream.range(0, size).mapToObj(i -> ("entry " + i).getBytes(UTF_8)).toList();
  }

  /** RFC 9162, section 2.1.1, word for word. */
  private static byte[] definition(List<byte[]> entries) throws Exception {
    int n = entries.size();
    ByteArrayOutputStream input = new ByteArrayOutputStream();
    if (n == 1) {
      input.write(0);
      input.write(entries.get(0));
    } else if (n > 1) {
      int k = 1;
      while (2 * k < n) {
        k *= 2;
      }
      input.write(1);
      input.write(definition(entries.subList(0, k)));
      input.write(definition(entries.subList(k, n)));
    }
    return MessageDigest.getInstance("SHA-256").digest(input.toByteArray());
  }

  private static void flip(byte[] hash, int bit) {
    hash[bit / 8 % hash.length] ^= (byte) (1 << bit % 8);
  }

  private static byte[] hash(JsonNode base64) {
    return base64.isTextual() ? Base64.getDecoder().decode(base64.textValue()) : new byte[0];
  }

  private static List<byte[]> proof(JsonNode vector) {
    List<byte[]> proof = new ArrayList<>();
    vector.path("proof").forEach(element -> proof.add(hash(element)));
    return proof;
  }
}
