package io.knhk.knowledge.doctrine;

import io.knhk.schemas.knowledge.DoctrineRule;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** The parameters of a rule, each read once and strictly. */
final class RuleParameters {
  private final DoctrineRule rule;
  private final Set<String> read = new HashSet<>();

  RuleParameters(DoctrineRule rule) {
    this.rule = rule;
  }

  Optional<String> text(String name) {
    read.add(name);
    return Optional.ofNullable(rule.parameters().get(name));
  }

  Optional<Long> number(String name, long min, long max) {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (!text.get().matches("[0-9]{1,10}")) {
      throw wrong(name, "a whole number");
    }
    long number = Long.parseLong(text.get());
    if (number < min || number > max) {
      throw wrong(name, "a number from " + min + " to " + max);
    }
    return Optional.of(number);
  }

  <E extends Enum<E>> Optional<E> constant(String name, Class<E> type) {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    for (E constant : type.getEnumConstants()) {
      if (lower(constant).equals(text.get())) {
        return Optional.of(constant);
      }
    }
    throw wrong(
        name,
        "one of " + Arrays.stream(type.getEnumConstants()).map(RuleParameters::lower).toList());
  }

  Glob glob(String name) {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return Glob.ANY;
    }
    if (text.get().isEmpty() || text.get().length() > Glob.CHARS_MAX) {
      throw wrong(name, "a pattern of 1 to " + Glob.CHARS_MAX + " characters");
    }
    return new Glob(text.get());
  }

  /** {@code mon,tue}; all days when it is not given. */
  SortedSet<DayOfWeek> days(String name) {
    Optional<String> text = text(name);
    SortedSet<DayOfWeek> days = new TreeSet<>();
    if (text.isEmpty()) {
      days.addAll(List.of(DayOfWeek.values()));
      return days;
    }
    for (String day : text.get().split(",", -1)) {
      Optional<DayOfWeek> found =
          Arrays.stream(DayOfWeek.values())
              .filter(value -> value.name().substring(0, 3).toLowerCase(Locale.ROOT).equals(day))
              .findFirst();
      days.add(found.orElseThrow(() -> wrong(name, "days such as mon,tue,wed")));
    }
    return days;
  }

  /** {@code HH:MM} */
  LocalTime time(String name) {
    String text = text(name).orElseThrow(() -> missing(name));
    if (!text.matches("([01][0-9]|2[0-3]):[0-5][0-9]")) {
      throw wrong(name, "a time of the form HH:MM");
    }
    return LocalTime.parse(text);
  }

  /** A name of the IANA time zone database, or an offset. */
  ZoneId zone(String name) {
    String text = text(name).orElseThrow(() -> missing(name));
    try {
      return ZoneId.of(text);
    } catch (DateTimeException e) {
      throw wrong(name, "a time zone such as Europe/Berlin");
    }
  }

  Optional<String> iri(String name) {
    Optional<String> text = text(name);
    if (text.isPresent() && !text.get().matches("[a-z][a-z0-9+.-]*:[^\\s<>\"{}|\\\\^`]+")) {
      throw wrong(name, "an absolute IRI without angle brackets");
    }
    return text;
  }

  void end() {
    for (String name : rule.parameters().keySet()) {
      if (!read.contains(name)) {
        throw wrong(name, "no such parameter of " + lower(rule.constraint()));
      }
    }
    if (rule.parameters().isEmpty()) {
      throw new IllegalArgumentException("expected parameters: rule=" + rule.id());
    }
  }

  IllegalArgumentException missing(String name) {
    return new IllegalArgumentException(
        "expected a parameter: rule=" + rule.id() + ", parameter=" + name);
  }

  IllegalArgumentException wrong(String name, String expected) {
    String value = rule.parameters().getOrDefault(name, "");
    return new IllegalArgumentException(
        "expected "
            + expected
            + ": rule="
            + rule.id()
            + ", "
            + name
            + "="
            + (value.length() > 100 ? value.substring(0, 100) + "..." : value));
  }

  static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
