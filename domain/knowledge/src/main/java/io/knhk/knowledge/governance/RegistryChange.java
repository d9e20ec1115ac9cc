package io.knhk.knowledge.governance;

import io.knhk.knowledge.doctrine.DoctrineBook;
import io.knhk.schemas.control.Role;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What becomes of the registry when somebody's roles or keys change, or why nothing does. */
final class RegistryChange {
  private final GovernanceOptions options;
  private final Requirements requirements;

  RegistryChange(GovernanceOptions options, Requirements requirements) {
    this.options = options;
    this.requirements = requirements;
  }

  Answer<Registry> of(Registry registry, Asked.Approver asked, DoctrineBook doctrine, long nowMs) {
    Optional<Person> before = registry.person(asked.person());
    Answer<Person> changed = changed(registry, before, asked);
    if (!(changed instanceof Answer.Accepted<Person> accepted)) {
      return ((Answer.Refused<Person>) changed).as();
    }
    Person person = accepted.value();
    Optional<String> both = Requirements.segregation(person.roles(), doctrine, nowMs);
    if (both.isPresent()) {
      return Answer.refused(Refusal.SEGREGATION, both.get());
    }
    Registry after = registry.with(person);
    if (after.count(Role.ADMINISTRATOR, any -> true) == 0) {
      return Answer.refused(
          Refusal.LAST_ADMINISTRATOR,
          "expected an administrator to be left: person=" + person.name());
    }
    Optional<String> fewer = requirements.fewer(registry, doctrine, after, doctrine);
    if (fewer.isPresent()) {
      return Answer.refused(Refusal.UNATTAINABLE, fewer.get());
    }
    return Answer.accepted(after);
  }

  private Answer<Person> changed(Registry registry, Optional<Person> before, Asked.Approver asked) {
    if (before.isEmpty() && registry.persons().size() >= options.personsMax()) {
      return Answer.refused(
          Refusal.FULL,
          "expected a bounded registry: persons="
              + registry.persons().size()
              + ", limit="
              + options.personsMax());
    }
    if (before.isEmpty() && asked.addKey().isEmpty()) {
      return Answer.refused(
          Refusal.KEY, "expected a key of a new person: person=" + asked.person());
    }
    SortedMap<String, String> keys =
        new TreeMap<>(before.map(Person::keys).orElseGet(TreeMap::new));
    SortedSet<String> revoked = new TreeSet<>(before.map(Person::revoked).orElseGet(TreeSet::new));
    if (!asked.addKey().isEmpty()) {
      String id = Person.keyId(asked.addKey());
      if (registry.ofKey(id).isPresent()) {
        return Answer.refused(Refusal.KEY, "expected a key that nobody has or had: key=" + id);
      }
      keys.put(id, asked.addKey());
    }
    if (keys.size() > options.keysAPersonMax()) {
      return Answer.refused(
          Refusal.FULL,
          "expected bounded keys: person="
              + asked.person()
              + ", keys="
              + keys.size()
              + ", limit="
              + options.keysAPersonMax());
    }
    if (!asked.revokeKey().isEmpty()
        && (!keys.containsKey(asked.revokeKey()) || !revoked.add(asked.revokeKey()))) {
      return Answer.refused(
          Refusal.KEY,
          "expected a key of the person that counts: person="
              + asked.person()
              + ", key="
              + asked.revokeKey());
    }
    return Answer.accepted(
        new Person(
            asked.person(),
            asked.roles(),
            keys,
            revoked,
            before.map(Person::demonstration).orElse(false),
            before.map(person -> person.revision() + 1).orElse(0L)));
  }
}
