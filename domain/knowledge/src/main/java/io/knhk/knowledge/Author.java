package io.knhk.knowledge;

import io.knhk.schemas.control.Role;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Who asks for a change.
 *
 * @param person name, empty for the loop itself
 * @param roles what that person holds in the sector
 * @param onBehalfOf name of the person for whom a service asks, else empty
 */
public record Author(String person, SortedSet<Role> roles, String onBehalfOf) {
  /** The loop itself, on nobody's behalf. */
  public static final Author LOOP = new Author("", new TreeSet<>(), "");

  public Author {
    roles = new TreeSet<>(roles);
  }

  public boolean isLoop() {
    return person.isEmpty();
  }
}
