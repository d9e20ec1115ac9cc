package io.knhk.knowledge;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which namespaces an ontology speaks about: those of its subjects, cut behind the last {@code /}
 * or {@code #}. Where one site has many, the folder that they are all in stands for them, so that
 * the people who approve an import read a few lines and not a hundred.
 */
final class NamespaceGuess {
  /** Namespaces in one folder from which on the folder stands for them. */
  private static final int FOLDED_FROM = 4;

  /** What is nobody's to guess: a file that speaks about it is refused by name. */
  private static final String KNHK = "<" + Vocabulary.ROOT;

  private NamespaceGuess() {}

  /** Namespaces that are not the sector's own, sorted. Whether they can be adopted is not asked. */
  static List<String> of(SectorNamespaces own, Collection<String> lines) {
    SortedSet<String> subjects = new TreeSet<>();
    SortedSet<String> ontologies = new TreeSet<>();
    for (String line : lines) {
      NTriple triple = NTriple.parse(line);
      if (!own.owns(triple.subject()) && !triple.subject().startsWith(KNHK)) {
        String subject = Terms.lexical(triple.subject());
        subjects.add(subject);
        if (triple.predicate().equals(Vocabulary.A)
            && triple.object().equals(Vocabulary.ONTOLOGY)) {
          ontologies.add(subject);
        }
      }
    }
    Map<String, SortedSet<String>> byFolder = new TreeMap<>();
    for (String subject : subjects) {
      String namespace =
          ontologies.contains(subject) ? ofOntology(subject, subjects) : cut(subject);
      byFolder.computeIfAbsent(folder(namespace), key -> new TreeSet<>()).add(namespace);
    }
    List<String> guessed = new ArrayList<>();
    byFolder.forEach(
        (folder, namespaces) -> {
          if (namespaces.size() < FOLDED_FROM) {
            guessed.addAll(namespaces);
          } else {
            guessed.add(folder);
          }
        });
    return guessed;
  }

  private static String ofOntology(String iri, SortedSet<String> subjects) {
    if (iri.endsWith("/") || iri.endsWith("#")) {
      return iri;
    }
    SortedSet<String> behind = subjects.tailSet(iri + "/");
    return !behind.isEmpty() && behind.first().startsWith(iri + "/") ? iri + "/" : iri + "#";
  }

  /** Up to the last {@code /} or {@code #}; the whole IRI when it has none. */
  static String cut(String iri) {
    int end = Math.max(iri.lastIndexOf('/'), iri.lastIndexOf('#'));
    return end < 0 ? iri : iri.substring(0, end + 1);
  }

  /** {@code scheme://host/first/}; the namespace itself where it has no such folder. */
  private static String folder(String namespace) {
    int host = namespace.indexOf("://");
    int first = host < 0 ? -1 : namespace.indexOf('/', host + 3);
    int second = first < 0 ? -1 : namespace.indexOf('/', first + 1);
    return second < 0 ? namespace : namespace.substring(0, second + 1);
  }
}
