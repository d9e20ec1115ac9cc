package io.knhk.cli.knowledge;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A knowledge document as the archive stored it.
 *
 * @param number order in which the archive got it
 * @param id of what it is about
 * @param revision the newest that is stored
 * @param content see docs/handbook/knowledge-documents.md
 */
public record Document(
    long number, String sector, String id, long revision, long recordedAtMs, ObjectNode content) {
  /** A text of the content; empty where it has none of that name. */
  public String text(String name) {
    return content.path(name).asText("");
  }

  /** A whole number of the content; 0 where it has none of that name. */
  public long number(String name) {
    return content.path(name).asLong(0);
  }
}
