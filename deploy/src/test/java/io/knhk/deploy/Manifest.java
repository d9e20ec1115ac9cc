package io.knhk.deploy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One document of a YAML file, as plain maps, lists and scalars.
 *
 * @param file name of the file it is in, and its place in there, for messages
 * @param tree may be changed: every reading makes new ones
 */
record Manifest(String file, Map<String, Object> tree) {
  String kind() {
    return text("kind");
  }

  /** Name, or the beginning of it where Kubernetes draws the rest. */
  String name() {
    return at("metadata", "name") != null
        ? text("metadata", "name")
        : text("metadata", "generateName");
  }

  /** What a path of keys leads to; null when there is nothing. */
  @Nullable Object at(String... path) {
    Object node = tree;
    for (String key : path) {
      node = node instanceof Map<?, ?> map ? map.get(key) : null;
    }
    return node;
  }

  String text(String... path) {
    if (at(path) instanceof String text) {
      return text;
    }
    throw new AssertionError(
        "expected a text: file=" + file + ", path=" + String.join(".", path) + ", is=" + at(path));
  }

  @SuppressWarnings("unchecked")
  Map<String, Object> map(String... path) {
    return at(path) instanceof Map<?, ?> map ? (Map<String, Object>) map : new LinkedHashMap<>();
  }

  /** A list of maps. */
  @SuppressWarnings("unchecked")
  List<Map<String, Object>> maps(String... path) {
    return at(path) instanceof List<?> list ? (List<Map<String, Object>>) list : List.of();
  }

  Map<String, String> texts(String... path) {
    Map<String, String> texts = new LinkedHashMap<>();
    map(path).forEach((key, value) -> texts.put(key, String.valueOf(value)));
    return texts;
  }

  /** The file's name and the document's kind and name. */
  @Override
  public String toString() {
    return file + ": " + kind() + "/" + name();
  }
}
