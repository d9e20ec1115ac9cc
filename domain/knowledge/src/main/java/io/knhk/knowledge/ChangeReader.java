package io.knhk.knowledge;

import io.knhk.schemas.control.ControlContent;
import io.knhk.schemas.knowledge.Delta;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/**
 * Makes a delta of what a person wrote: Turtle to add and Turtle to remove, either of them empty.
 *
 * <p>Each text is a document by itself, so its blank nodes get the names that the same text always
 * gets: to remove what a text added, one removes that text. A relative IRI is resolved against
 * {@code https://knhk.io/ns/SECTOR}. The delta applies exactly to the head, or there is none.
 */
public final class ChangeReader {
  /** UTF-8 bytes of both texts together. */
  public static final int BYTES_MAX = ControlContent.RDF_BYTES_MAX;

  /** Triples that a refusal names. */
  static final int NAMED_MAX = 8;

  private ChangeReader() {}

  /** The delta, or why there is none. Never throws because of what the texts say. */
  public static ReadResult<Delta> read(String sector, Snapshot head, String add, String remove) {
    try {
      return new ReadResult.Read<>(delta(sector, head, add, remove));
    } catch (RefusedException e) {
      return new ReadResult.Refused<>(e.refusal());
    }
  }

  private static Delta delta(String sector, Snapshot head, String add, String remove)
      throws RefusedException {
    byte[] toAdd = add.getBytes(StandardCharsets.UTF_8);
    byte[] toRemove = remove.getBytes(StandardCharsets.UTF_8);
    long bytes = (long) toAdd.length + toRemove.length;
    if (bytes > BYTES_MAX) {
      throw RefusedException.limit(
          RefusalReason.TOO_LARGE, "a bounded change", "bytes", bytes, BYTES_MAX);
    }
    List<String> added = lines(sector, toAdd);
    List<String> removed = lines(sector, toRemove);
    if (added.size() + removed.size() > Delta.TRIPLES_MAX) {
      throw RefusedException.limit(
          RefusalReason.TOO_MANY_TRIPLES,
          "a bounded change",
          "triples",
          added.size() + removed.size(),
          Delta.TRIPLES_MAX);
    }
    SectorNamespaces namespaces = SectorNamespaces.of(sector, head);
    checkSayable(namespaces, added, false);
    checkSayable(namespaces, removed, false);
    checkNone(
        RefusalReason.ALREADY_THERE, "triples to add that are not there", added, head::contains);
    checkNone(
        RefusalReason.NOT_THERE,
        "triples to remove that are there",
        removed,
        line -> !head.contains(line));
    if (added.isEmpty() && removed.isEmpty()) {
      throw new RefusedException(
          RefusalReason.NOTHING_NEW, "expected a change with a triple in it");
    }
    return new Delta(added, removed);
  }

  private static List<String> lines(String sector, byte[] turtle) throws RefusedException {
    return RdfReader.lines(
        sector, RdfFormat.TURTLE, Vocabulary.ROOT + sector, turtle, ReadLimits.MESSAGE);
  }

  /** Refuses when one of these may not be said, and says how many more may not. */
  static void checkSayable(SectorNamespaces namespaces, Collection<String> lines, boolean isBulk)
      throws RefusedException {
    Refusal first = null;
    int more = -1;
    for (String line : lines) {
      Refusal refusal = namespaces.refusal(line, isBulk).orElse(null);
      if (refusal != null) {
        first = first == null ? refusal : first;
        more++;
      }
    }
    if (first != null) {
      throw new RefusedException(
          first.reason(), more == 0 ? first.detail() : first.detail() + " and more=" + more);
    }
  }

  private static void checkNone(
      RefusalReason reason, String rule, List<String> lines, Predicate<String> isWrong)
      throws RefusedException {
    List<String> wrong = new ArrayList<>();
    int count = 0;
    for (String line : lines) {
      if (isWrong.test(line)) {
        count++;
        if (wrong.size() < NAMED_MAX) {
          wrong.add(line);
        }
      }
    }
    if (count > 0) {
      throw new RefusedException(
          reason, "expected " + rule + ": wrong=" + count + ", triples=" + wrong);
    }
  }
}
