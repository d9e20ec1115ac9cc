package io.knhk.knowledge;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A persistent binary prefix trie over the SHA-256 of lines, each node carrying the hash of what is
 * below it.
 *
 * <pre>
 *   key(line)        = SHA-256(line)                    which way to go, most significant bit first
 *   hash(leaf)       = SHA-256(0x00 ‖ key)
 *   hash(branch)     = SHA-256(0x01 ‖ hash(left) ‖ hash(right))
 *   hash(nothing)    = 32 zero bytes
 * </pre>
 *
 * A subtree with exactly one line is that line's leaf, wherever it stands; a subtree of two or more
 * is a branch. The shape, and so the root, is therefore a function of the set of lines alone. A
 * change makes new nodes only along its path: about log2(n) + 2 of them. Leaves and branches are
 * hashed with different prefixes, as in RFC 9162, section 2.1.1.
 *
 * <p>A node is hashed when the root is first asked for, not when it is made: of the nodes that a
 * batch of changes makes, most are replaced by its next change and never hashed.
 *
 * <p>Immutable; any thread. Two threads may hash one node at once and write the same.
 */
final class MerkleTrie {
  static final MerkleTrie EMPTY = new MerkleTrie(null);

  private static final byte[] NOTHING = new byte[Sha256.BYTES];
  private static final int LEAF_PREFIX = 0;
  private static final int BRANCH_PREFIX = 1;

  private final @Nullable Node root;

  private MerkleTrie(@Nullable Node root) {
    this.root = root;
  }

  static MerkleTrie of(List<String> distinctLines) {
    Leaf[] leaves = new Leaf[distinctLines.size()];
    for (int i = 0; i < leaves.length; i++) {
      leaves[i] = new Leaf(distinctLines.get(i));
    }
    Arrays.sort(leaves, (a, b) -> Arrays.compareUnsigned(a.key, b.key));
    return new MerkleTrie(build(leaves, 0, leaves.length, 0));
  }

  byte[] rootHash() {
    return root == null ? NOTHING.clone() : root.hash(Sha256.digest()).clone();
  }

  int size() {
    return size(root);
  }

  boolean contains(String line) {
    byte[] key = Sha256.of(line);
    Node node = root;
    int depth = 0;
    while (node instanceof Branch branch) {
      node = bit(key, depth) ? branch.right : branch.left;
      depth++;
    }
    return node instanceof Leaf leaf && Arrays.equals(leaf.key, key);
  }

  /** With {@code line}; this very trie when it is there already. */
  MerkleTrie plus(String line) {
    Node changed = insert(root, new Leaf(line), 0);
    return changed == root ? this : new MerkleTrie(changed);
  }

  /** Without {@code line}; this very trie when it is not there. */
  MerkleTrie minus(String line) {
    Node changed = remove(root, Sha256.of(line), 0);
    return changed == root ? this : new MerkleTrie(changed);
  }

  /** Each line once, in order of its hash. */
  void forEach(Consumer<String> action) {
    visit(root, action);
  }

  /**
   * What {@code other} has and this does not, and the other way round, at the cost of both together
   * and of the ways to them: subtrees with one hash are passed over.
   */
  void difference(MerkleTrie other, Consumer<String> onlyThere, Consumer<String> onlyHere) {
    difference(root, other.root, onlyThere, onlyHere, Sha256.digest());
  }

  private static void difference(
      @Nullable Node here,
      @Nullable Node there,
      Consumer<String> onlyThere,
      Consumer<String> onlyHere,
      MessageDigest digest) {
    if (here == there || Arrays.equals(hash(here, digest), hash(there, digest))) {
      return;
    }
    if (here instanceof Branch left && there instanceof Branch right) {
      difference(left.left, right.left, onlyThere, onlyHere, digest);
      difference(left.right, right.right, onlyThere, onlyHere, digest);
    } else {
      Set<String> lines = new HashSet<>();
      visit(here, lines::add);
      visit(
          there,
          line -> {
            if (!lines.remove(line)) {
              onlyThere.accept(line);
            }
          });
      lines.forEach(onlyHere);
    }
  }

  private static @Nullable Node build(Leaf[] sorted, int from, int to, int depth) {
    if (to - from <= 1) {
      return to == from ? null : sorted[from];
    }
    int middle = from;
    while (middle < to && !bit(sorted[middle].key, depth)) {
      middle++;
    }
    return new Branch(build(sorted, from, middle, depth + 1), build(sorted, middle, to, depth + 1));
  }

  private static Node insert(@Nullable Node node, Leaf added, int depth) {
    if (node == null) {
      return added;
    }
    if (node instanceof Leaf there) {
      return Arrays.equals(there.key, added.key) ? there : split(there, added, depth);
    }
    Branch branch = (Branch) node;
    if (bit(added.key, depth)) {
      Node right = insert(branch.right, added, depth + 1);
      return right == branch.right ? branch : new Branch(branch.left, right);
    }
    Node left = insert(branch.left, added, depth + 1);
    return left == branch.left ? branch : new Branch(left, branch.right);
  }

  private static Branch split(Leaf there, Leaf added, int depth) {
    boolean thereRight = bit(there.key, depth);
    boolean addedRight = bit(added.key, depth);
    if (thereRight != addedRight) {
      return addedRight ? new Branch(there, added) : new Branch(added, there);
    }
    Branch deeper = split(there, added, depth + 1);
    return addedRight ? new Branch(null, deeper) : new Branch(deeper, null);
  }

  private static @Nullable Node remove(@Nullable Node node, byte[] key, int depth) {
    if (node == null) {
      return null;
    }
    if (node instanceof Leaf leaf) {
      return Arrays.equals(leaf.key, key) ? null : leaf;
    }
    Branch branch = (Branch) node;
    Node left = branch.left;
    Node right = branch.right;
    if (bit(key, depth)) {
      right = remove(right, key, depth + 1);
    } else {
      left = remove(left, key, depth + 1);
    }
    if (left == branch.left && right == branch.right) {
      return branch;
    }
    // A subtree of one line is its leaf: pull it up, so that no trace is left of what was removed.
    if (left == null && !(right instanceof Branch)) {
      return right;
    }
    if (right == null && !(left instanceof Branch)) {
      return left;
    }
    return new Branch(left, right);
  }

  private static void visit(@Nullable Node node, Consumer<String> action) {
    if (node instanceof Leaf leaf) {
      action.accept(leaf.line);
    } else if (node instanceof Branch branch) {
      visit(branch.left, action);
      visit(branch.right, action);
    }
  }

  private static boolean bit(byte[] key, int depth) {
    return (key[depth >>> 3] >>> (7 - (depth & 7)) & 1) == 1;
  }

  private static byte[] hash(@Nullable Node node, MessageDigest digest) {
    return node == null ? NOTHING : node.hash(digest);
  }

  private static int size(@Nullable Node node) {
    return node == null ? 0 : node.size();
  }

  private abstract static sealed class Node {
    /** Null until it is asked for; volatile, so that what is seen is whole. */
    private volatile byte @Nullable [] hash;

    /** The digest is free before and after. */
    final byte[] hash(MessageDigest digest) {
      byte[] known = hash;
      if (known == null) {
        known = compute(digest);
        hash = known;
      }
      return known;
    }

    abstract byte[] compute(MessageDigest digest);

    abstract int size();
  }

  private static final class Leaf extends Node {
    private final String line;
    private final byte[] key;

    Leaf(String line) {
      this.line = line;
      this.key = Sha256.of(line);
    }

    @Override
    byte[] compute(MessageDigest digest) {
      digest.update((byte) LEAF_PREFIX);
      return digest.digest(key);
    }

    @Override
    int size() {
      return 1;
    }
  }

  private static final class Branch extends Node {
    private final @Nullable Node left;
    private final @Nullable Node right;
    private final int size;

    Branch(@Nullable Node left, @Nullable Node right) {
      this.left = left;
      this.right = right;
      this.size = MerkleTrie.size(left) + MerkleTrie.size(right);
    }

    @Override
    byte[] compute(MessageDigest digest) {
      byte[] ofLeft = MerkleTrie.hash(left, digest);
      byte[] ofRight = MerkleTrie.hash(right, digest);
      digest.update((byte) BRANCH_PREFIX);
      digest.update(ofLeft);
      return digest.digest(ofRight);
    }

    @Override
    int size() {
      return size;
    }
  }
}
