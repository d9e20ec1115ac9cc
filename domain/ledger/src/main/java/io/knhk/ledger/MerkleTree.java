package io.knhk.ledger;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * The Merkle tree of RFC 9162 section 2.1 over SHA-256: hashes, roots and both kinds of proof.
 *
 * <p>A tree is given as the list of its leaf hashes, a proof as a list of hashes from the bottom
 * up. Verification accepts bytes from anywhere: what is malformed is just not proven.
 */
public final class MerkleTree {
  /** Bytes of every hash. */
  public static final int HASH_BYTES = Sha256.BYTES;

  private static final byte LEAF = 0;
  private static final byte NODE = 1;

  private MerkleTree() {}

  /** SHA-256(0x00 ‖ entry). */
  public static byte[] leafHash(byte[] entry) {
    return leafHash(Sha256.digest(), entry);
  }

  /** SHA-256(0x01 ‖ left ‖ right). */
  public static byte[] nodeHash(byte[] left, byte[] right) {
    return nodeHash(Sha256.digest(), left, right);
  }

  /** The root of a tree without leaves: SHA-256 of nothing. */
  public static byte[] emptyRoot() {
    return Sha256.of(new byte[0]);
  }

  /** The root of a tree. */
  public static byte[] root(List<byte[]> leafHashes) {
    return leafHashes.isEmpty() ? emptyRoot() : subtreeRoot(leafHashes);
  }

  /**
   * Proves that a leaf is in the tree (RFC 9162, 2.1.3.1).
   *
   * @throws IllegalArgumentException unless 0 &lt;= index &lt; size
   */
  public static List<byte[]> inclusionProof(int index, List<byte[]> leafHashes) {
    if (index < 0 || index >= leafHashes.size()) {
      throw new IllegalArgumentException(
          "expected a leaf of the tree: index=" + index + ", size=" + leafHashes.size());
    }
    List<byte[]> proof = new ArrayList<>();
    collectPath(index, leafHashes, proof);
    return proof;
  }

  /**
   * Proves that the tree's first leaves are a smaller tree (RFC 9162, 2.1.4.1). Empty where the
   * smaller tree is the tree.
   *
   * @throws IllegalArgumentException unless 0 &lt; smallerSize &lt;= size
   */
  public static List<byte[]> consistencyProof(int smallerSize, List<byte[]> leafHashes) {
    if (smallerSize <= 0 || smallerSize > leafHashes.size()) {
      throw new IllegalArgumentException(
          "expected a size within the tree: smallerSize="
              + smallerSize
              + ", size="
              + leafHashes.size());
    }
    List<byte[]> proof = new ArrayList<>();
    collectSubproof(smallerSize, leafHashes, true, proof);
    return proof;
  }

  /**
   * True if the proof shows that the leaf is at this index of the tree with this size and root (RFC
   * 9162, 2.1.3.2).
   */
  public static boolean verifyInclusion(
      long index, long size, byte[] leafHash, List<byte[]> proof, byte[] root) {
    if (index < 0 || index >= size || !isHash(leafHash) || !areHashes(proof)) {
      return false;
    }
    MessageDigest digest = Sha256.digest();
    long node = index;
    long last = size - 1;
    byte[] hash = leafHash;
    for (byte[] sibling : proof) {
      if (last == 0) {
        return false;
      }
      if (isRightChild(node) || node == last) {
        hash = nodeHash(digest, sibling, hash);
        while (!isRightChild(node) && node != 0) {
          node >>>= 1;
          last >>>= 1;
        }
      } else {
        hash = nodeHash(digest, hash, sibling);
      }
      node >>>= 1;
      last >>>= 1;
    }
    return last == 0 && MessageDigest.isEqual(hash, root);
  }

  /**
   * True if the proof shows that the tree of the first root is the beginning of the tree of the
   * second (RFC 9162, 2.1.4.2). From the empty tree nothing can be shown, so that only equal sizes
   * and roots without a proof are accepted there.
   */
  public static boolean verifyConsistency(
      long smallerSize, long size, List<byte[]> proof, byte[] smallerRoot, byte[] root) {
    if (smallerSize < 0 || smallerSize > size || !areHashes(proof)) {
      return false;
    }
    if (smallerSize == size) {
      return proof.isEmpty()
          && MessageDigest.isEqual(smallerRoot, root)
          && (size > 0 || MessageDigest.isEqual(root, emptyRoot()));
    }
    if (smallerSize == 0 || proof.isEmpty() || !isHash(smallerRoot)) {
      return false;
    }
    return climb(smallerSize, size, proof, smallerRoot, root);
  }

  static byte[] leafHash(MessageDigest digest, byte[] entry) {
    digest.update(LEAF);
    return digest.digest(entry);
  }

  static byte[] nodeHash(MessageDigest digest, byte[] left, byte[] right) {
    digest.update(NODE);
    digest.update(left);
    return digest.digest(right);
  }

  private static boolean climb(
      long smallerSize, long size, List<byte[]> proof, byte[] smallerRoot, byte[] root) {
    MessageDigest digest = Sha256.digest();
    long node = smallerSize - 1;
    long last = size - 1;
    while (isRightChild(node)) {
      node >>>= 1;
      last >>>= 1;
    }
    // A smaller tree that is complete is itself the first node; its root is then not repeated in
    // the proof.
    boolean complete = node == 0;
    byte[] first = complete ? smallerRoot : proof.get(0);
    byte[] smallerHash = first;
    byte[] hash = first;
    for (byte[] sibling : complete ? proof : proof.subList(1, proof.size())) {
      if (last == 0) {
        return false;
      }
      if (isRightChild(node) || node == last) {
        smallerHash = nodeHash(digest, sibling, smallerHash);
        hash = nodeHash(digest, sibling, hash);
        while (!isRightChild(node) && node != 0) {
          node >>>= 1;
          last >>>= 1;
        }
      } else {
        hash = nodeHash(digest, hash, sibling);
      }
      node >>>= 1;
      last >>>= 1;
    }
    return last == 0
        && MessageDigest.isEqual(smallerHash, smallerRoot)
        && MessageDigest.isEqual(hash, root);
  }

  private static byte[] subtreeRoot(List<byte[]> leafHashes) {
    CompactRange range = new CompactRange();
    for (byte[] leafHash : leafHashes) {
      range.append(leafHash);
    }
    return range.root();
  }

  private static void collectPath(int index, List<byte[]> leaves, List<byte[]> proof) {
    int size = leaves.size();
    if (size == 1) {
      return;
    }
    int split = Integer.highestOneBit(size - 1);
    if (index < split) {
      collectPath(index, leaves.subList(0, split), proof);
      proof.add(subtreeRoot(leaves.subList(split, size)));
    } else {
      collectPath(index - split, leaves.subList(split, size), proof);
      proof.add(subtreeRoot(leaves.subList(0, split)));
    }
  }

  private static void collectSubproof(
      int smallerSize, List<byte[]> leaves, boolean rootIsKnown, List<byte[]> proof) {
    int size = leaves.size();
    if (smallerSize == size) {
      if (!rootIsKnown) {
        proof.add(subtreeRoot(leaves));
      }
      return;
    }
    int split = Integer.highestOneBit(size - 1);
    if (smallerSize <= split) {
      collectSubproof(smallerSize, leaves.subList(0, split), rootIsKnown, proof);
      proof.add(subtreeRoot(leaves.subList(split, size)));
    } else {
      collectSubproof(smallerSize - split, leaves.subList(split, size), false, proof);
      proof.add(subtreeRoot(leaves.subList(0, split)));
    }
  }

  private static boolean isRightChild(long node) {
    return (node & 1) == 1;
  }

  private static boolean areHashes(List<byte[]> hashes) {
    return hashes.stream().allMatch(MerkleTree::isHash);
  }

  private static boolean isHash(byte[] bytes) {
    return bytes.length == HASH_BYTES;
  }
}
