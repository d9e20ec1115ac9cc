package io.knhk.ledger;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * The frontier of an append-only {@link MerkleTree}: the roots of its complete subtrees, largest
 * first. Enough to append and to know the root, in at most 63 hashes.
 *
 * <p>A leaf closes as many subtrees as its number ends in ones: the last hashes of the frontier are
 * joined that often. Mutable, for one thread.
 */
public final class CompactRange {
  private final MessageDigest digest = Sha256.digest();
  private final List<byte[]> frontier = new ArrayList<>();
  private long size;

  /** An empty tree. */
  public CompactRange() {}

  /**
   * A tree that was described by {@link #size()} and {@link #hashes()}.
   *
   * @throws IllegalArgumentException if there is not one hash of 32 bytes for each bit of the size
   */
  public static CompactRange of(long size, List<byte[]> hashes) {
    if (size < 0 || hashes.size() != Long.bitCount(size)) {
      throw new IllegalArgumentException(
          "expected a hash for each complete subtree: size=" + size + ", hashes=" + hashes.size());
    }
    CompactRange range = new CompactRange();
    for (byte[] hash : hashes) {
      range.frontier.add(checked(hash).clone());
    }
    range.size = size;
    return range;
  }

  /**
   * Adds a leaf.
   *
   * @param leafHash as {@link MerkleTree#leafHash} gives it, not the entry
   */
  public void append(byte[] leafHash) {
    byte[] hash = checked(leafHash).clone();
    for (long left = size; (left & 1) == 1; left >>>= 1) {
      hash = MerkleTree.nodeHash(digest, frontier.remove(frontier.size() - 1), hash);
    }
    frontier.add(hash);
    size++;
  }

  /** Leaves so far. */
  public long size() {
    return size;
  }

  /** The root of the tree of all leaves so far. */
  public byte[] root() {
    if (frontier.isEmpty()) {
      return MerkleTree.emptyRoot();
    }
    byte[] hash = frontier.get(frontier.size() - 1).clone();
    for (int i = frontier.size() - 2; i >= 0; i--) {
      hash = MerkleTree.nodeHash(digest, frontier.get(i), hash);
    }
    return hash;
  }

  /** Copies of the roots of the complete subtrees, largest first. */
  public List<byte[]> hashes() {
    return frontier.stream().map(byte[]::clone).toList();
  }

  private static byte[] checked(byte[] hash) {
    if (hash.length != MerkleTree.HASH_BYTES) {
      throw new IllegalArgumentException(
          "expected a hash: bytes=" + hash.length + ", limit=" + MerkleTree.HASH_BYTES);
    }
    return hash;
  }
}
