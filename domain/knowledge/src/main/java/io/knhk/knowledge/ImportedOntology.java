package io.knhk.knowledge;

import io.knhk.schemas.control.ControlContent.ImportOntology;
import io.knhk.schemas.control.ControlContent.ImportPart;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An ontology that was read from files, cut so that it fits in control messages.
 *
 * @param importId SHA-256 of all lines, each with a line feed, 64 hex digits
 * @param lines canonical N-Triples, sorted, each once
 * @param namespaces that the sector would adopt, sorted
 * @param leftOut triples that were not taken by the namespace that they speak about: what a file
 *     says about the W3C's vocabularies, whose meaning is not the sector's to change
 * @param parts gzip of the lines
 */
public record ImportedOntology(
    String importId,
    List<String> lines,
    List<String> namespaces,
    SortedMap<String, Integer> leftOut,
    List<byte[]> parts) {
  public ImportedOntology {
    lines = List.copyOf(lines);
    namespaces = List.copyOf(namespaces);
    leftOut = Collections.unmodifiableSortedMap(new TreeMap<>(leftOut));
    parts = parts.stream().map(byte[]::clone).toList();
  }

  @Override
  public List<byte[]> parts() {
    return parts.stream().map(byte[]::clone).toList();
  }

  /** The parts as they are sent, before {@link #request}. */
  public List<ImportPart> messages() {
    List<ImportPart> messages = new ArrayList<>(parts.size());
    for (int i = 0; i < parts.size(); i++) {
      messages.add(new ImportPart(importId, i, parts.size(), parts.get(i)));
    }
    return messages;
  }

  /** What asks that the parts become part of the sector's ontology. */
  public ImportOntology request(String summary, boolean dryRun) {
    return new ImportOntology(importId, parts.size(), lines.size(), namespaces, summary, dryRun);
  }
}
