package io.knhk.knowledge.governance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.knowledge.doctrine.DoctrineBook;

/**
 * The content of knowledge documents; members: docs/handbook/knowledge-documents.md. The revision
 * of each is that of what it shows, and a rule's is its version.
 */
public final class Documents {
  private Documents() {}

  public static ObjectNode of(Request request) {
    return RequestJson.write(request);
  }

  /**
   * The request that a document shows, so that whoever votes computes the ballot from it and does
   * not take it on trust.
   *
   * @throws IllegalArgumentException if it is none that this release writes
   */
  public static Request request(JsonNode content) {
    return RequestJson.read(content);
  }

  public static ObjectNode of(Person person) {
    return StateJson.write(person);
  }

  /**
   * @param doctrine of which the rule is one
   */
  public static ObjectNode of(DoctrineBook.Entry entry, DoctrineBook doctrine) {
    ObjectNode json = StateJson.write(entry);
    json.put("doctrineHash", doctrine.hash());
    return json;
  }

  public static ObjectNode of(Relaxation relaxation) {
    return StateJson.write(relaxation);
  }

  public static ObjectNode of(Held held) {
    return StateJson.write(held);
  }
}
