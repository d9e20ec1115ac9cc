package io.knhk.cli.govern;

import com.fasterxml.jackson.databind.JsonNode;
import io.knhk.cli.knowledge.Document;
import io.knhk.schemas.control.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who may do something in a sector.
 *
 * @param name the same for all keys
 * @param roles as on the wire, {@code approver}
 * @param demonstration whether the keys are those that {@code up} writes for everybody to try
 */
record Person(
    String sector, String name, List<String> roles, List<Key> keys, boolean demonstration) {
  Person {
    roles = List.copyOf(roles);
    keys = List.copyOf(keys);
  }

  /** A key of a person. */
  record Key(String keyId, boolean revoked) {}

  static Person of(Document document) {
    List<String> roles = new ArrayList<>();
    document.content().path("roles").forEach(role -> roles.add(role.asText()));
    List<Key> keys = new ArrayList<>();
    for (JsonNode key : document.content().path("keys")) {
      keys.add(new Key(key.path("keyId").asText(), key.path("revoked").asBoolean()));
    }
    return new Person(
        document.sector(),
        document.text("person"),
        roles,
        keys,
        document.content().path("demonstration").asBoolean());
  }

  boolean holds(Role role) {
    return roles.contains(role.name().toLowerCase(Locale.ROOT));
  }

  @Nullable Key key(String keyId) {
    return keys.stream().filter(key -> key.keyId().equals(keyId)).findFirst().orElse(null);
  }
}
