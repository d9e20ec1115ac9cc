package io.knhk.knowledge.governance;

import io.knhk.schemas.control.Role;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The persons of one sector. A key belongs to one person for ever. Immutable. */
public final class Registry {
  private final SortedMap<String, Person> byName;
  private final Map<String, Person> byKey = new HashMap<>();

  private Registry(SortedMap<String, Person> byName) {
    this.byName = Collections.unmodifiableSortedMap(byName);
    for (Person person : byName.values()) {
      for (String keyId : person.keys().keySet()) {
        Person other = byKey.put(keyId, person);
        if (other != null) {
          throw new IllegalArgumentException(
              "expected a key of one person: key="
                  + keyId
                  + ", persons="
                  + other.name()
                  + ", "
                  + person.name());
        }
      }
    }
  }

  /**
   * @throws IllegalArgumentException if a name or a key is there twice
   */
  public static Registry of(Collection<Person> persons) {
    SortedMap<String, Person> byName = new TreeMap<>();
    for (Person person : persons) {
      if (byName.put(person.name(), person) != null) {
        throw new IllegalArgumentException("expected each person once: person=" + person.name());
      }
    }
    return new Registry(byName);
  }

  /** In order of name. */
  public Collection<Person> persons() {
    return byName.values();
  }

  public Optional<Person> person(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** Whose key this is, or was. */
  public Optional<Person> ofKey(String keyId) {
    return Optional.ofNullable(byKey.get(keyId));
  }

  /** Whose key this is, unless it was revoked. */
  public Optional<Person> ofUsableKey(String keyId) {
    return ofKey(keyId).filter(person -> !person.revoked().contains(keyId));
  }

  Registry with(Person person) {
    SortedMap<String, Person> changed = new TreeMap<>(byName);
    changed.put(person.name(), person);
    return new Registry(changed);
  }

  /** How many hold a role, can sign and are as asked. */
  int count(Role role, Predicate<Person> which) {
    int count = 0;
    for (Person person : byName.values()) {
      if (person.holds(role) && person.hasUsableKey() && which.test(person)) {
        count++;
      }
    }
    return count;
  }
}
