package io.knhk.knowledge;

import io.knhk.schemas.knowledge.Delta;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * What a sector knows at one moment: a set of at most {@link #TRIPLES_MAX} ground RDF triples, each
 * a line of canonical N-Triples (RDF 1.1 N-Triples, section 4) without its line end.
 *
 * <p>Its {@link #id()} is the root of a Merkle prefix trie over the lines: it depends on the set
 * alone, not on the order or the history in which the set came about. A change costs time and
 * memory in proportion to the change, the rest being shared.
 *
 * <p>Immutable; any thread.
 */
public final class Snapshot {
  public static final int TRIPLES_MAX = 200_000;

  /** In a line, nowhere but between subject and object can it stand without an escape. */
  private static final String ADOPTS = "> " + Vocabulary.ADOPTS_NAMESPACE + " \"";

  private final MerkleTrie trie;
  private final NavigableSet<String> adoptions;

  private Snapshot(MerkleTrie trie, NavigableSet<String> adoptions) {
    this.trie = trie;
    this.adoptions = adoptions;
  }

  /**
   * The set of these lines.
   *
   * @throws IllegalArgumentException if one is not a ground triple in canonical N-Triples, or there
   *     are too many
   */
  public static Snapshot of(Collection<String> lines) {
    TreeSet<String> distinct = new TreeSet<>();
    for (String line : lines) {
      NTriple.parse(line);
      distinct.add(line);
      if (distinct.size() > TRIPLES_MAX) {
        throw new IllegalArgumentException(tooMany(distinct.size()));
      }
    }
    NavigableSet<String> adoptions = new TreeSet<>();
    for (String line : distinct) {
      if (isAdoption(line)) {
        adoptions.add(line);
      }
    }
    return new Snapshot(MerkleTrie.of(List.copyOf(distinct)), adoptions);
  }

  /** Root of the trie, 64 hex digits in lower case. */
  public String id() {
    return HexFormat.of().formatHex(trie.rootHash());
  }

  /** Triples in it. */
  public int size() {
    return trie.size();
  }

  public boolean contains(String line) {
    return trie.contains(line);
  }

  /**
   * This snapshot after {@code delta}. A delta applies only exactly: refused when a line it adds is
   * here already, one it removes is not here, one is not canonical, or the result would be too
   * large. Then, and only then, does applying the inverse give this snapshot back.
   */
  public Applied apply(Delta delta) {
    MerkleTrie changed = trie;
    for (String line : delta.removed()) {
      MerkleTrie without = changed.minus(line);
      if (without == changed) {
        return new Applied.Refused("expected a triple to remove that is there: triple=" + line);
      }
      changed = without;
    }
    for (String line : delta.added()) {
      try {
        NTriple.parse(line);
      } catch (IllegalArgumentException e) {
        return new Applied.Refused(String.valueOf(e.getMessage()));
      }
      MerkleTrie with = changed.plus(line);
      if (with == changed) {
        return new Applied.Refused("expected a triple to add that is not there: triple=" + line);
      }
      changed = with;
    }
    if (changed.size() > TRIPLES_MAX) {
      return new Applied.Refused(tooMany(changed.size()));
    }
    return new Applied.Changed(new Snapshot(changed, adoptionsAfter(delta)));
  }

  /** Its lines that say which namespaces are adopted, kept at hand because every change asks. */
  NavigableSet<String> adoptions() {
    return adoptions;
  }

  private NavigableSet<String> adoptionsAfter(Delta delta) {
    if (delta.added().stream().noneMatch(Snapshot::isAdoption)
        && delta.removed().stream().noneMatch(Snapshot::isAdoption)) {
      return adoptions;
    }
    NavigableSet<String> after = new TreeSet<>(adoptions);
    delta.removed().forEach(after::remove);
    delta.added().stream().filter(Snapshot::isAdoption).forEach(after::add);
    return after;
  }

  private static boolean isAdoption(String line) {
    return line.contains(ADOPTS);
  }

  /** The delta that leads from here to {@code other}, at the cost of what differs. */
  Delta deltaTo(Snapshot other) {
    List<String> added = new ArrayList<>();
    List<String> removed = new ArrayList<>();
    trie.difference(other.trie, added::add, removed::add);
    return new Delta(added, removed);
  }

  /** All lines, sorted as {@link String} sorts. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>(trie.size());
    trie.forEach(lines::add);
    lines.sort(null);
    return List.copyOf(lines);
  }

  /** The lines, sorted, each with a line feed, in UTF-8. */
  public byte[] toNTriples() {
    StringBuilder out = new StringBuilder();
    for (String line : lines()) {
      out.append(line).append('\n');
    }
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Snapshot snapshot && id().equals(snapshot.id());
  }

  @Override
  public int hashCode() {
    return id().hashCode();
  }

  @Override
  public String toString() {
    return "Snapshot[id=" + id() + ", size=" + size() + "]";
  }

  private static String tooMany(int triples) {
    return "expected a bounded snapshot: triples=" + triples + ", limit=" + TRIPLES_MAX;
  }

  /** What became of applying a delta. */
  public sealed interface Applied {
    record Changed(Snapshot snapshot) implements Applied {}

    /**
     * The delta does not fit; nothing changed.
     *
     * @param detail one line for a person
     */
    record Refused(String detail) implements Applied {}
  }
}
