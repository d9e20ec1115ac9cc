package io.knhk.knowledge;

import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.knowledge.Delta;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A change in sentences that a steward understands, in one order: event types by name, of each what
 * is about it, its attributes, how it is watched, its guards; then, word for word, each triple that
 * no sentence speaks of. At most {@link #SENTENCES_MAX}; the last one says how many more there are.
 *
 * <p>A sentence is one line of at most {@link #CHARS_MAX} characters, without control or
 * direction-changing characters, whatever the triples hold.
 */
public final class PlainDiff {
  public static final int SENTENCES_MAX = 100;

  public static final int CHARS_MAX = 300;

  private static final int TERM_CHARS_MAX = 90;

  /** What the compiler or a guard reads; the sentences on the compiled form speak of it. */
  private static final Set<String> COMPILED =
      Set.of(
          Vocabulary.A,
          Vocabulary.FIRST,
          Vocabulary.REST,
          Vocabulary.TARGET_CLASS,
          Vocabulary.SUB_CLASS_OF,
          Vocabulary.PROPERTY,
          Vocabulary.PATH,
          Vocabulary.DATATYPE,
          Vocabulary.MIN_COUNT,
          Vocabulary.MAX_COUNT,
          Vocabulary.MIN_INCLUSIVE,
          Vocabulary.MAX_INCLUSIVE,
          Vocabulary.IN,
          Vocabulary.EVENT_TYPE,
          Vocabulary.DECIMALS,
          Vocabulary.WATCH_EACH_SUBJECT,
          Vocabulary.ATTRIBUTE_NAME,
          Vocabulary.WATCH,
          Vocabulary.GUARDED_BY,
          Vocabulary.GUARD_NAME,
          Vocabulary.GUARD_KIND,
          Vocabulary.CRITICALITY,
          Vocabulary.BUCKET_MS,
          Vocabulary.BASELINE_BUCKETS,
          Vocabulary.WARMUP_BUCKETS,
          Vocabulary.FREQUENCY_Z,
          Vocabulary.MAX_PER_BUCKET,
          Vocabulary.ERROR_RATE_MAX,
          Vocabulary.ERROR_MIN_COUNT,
          Vocabulary.EXPECTED_EVERY_MS,
          Vocabulary.DRIFT_Z,
          Vocabulary.MISMATCH_MIN_COUNT);

  private static final Map<String, String> PREFIXES =
      Map.of(
          Vocabulary.CORE, "knhk:",
          Vocabulary.SH, "sh:",
          Vocabulary.RDF, "rdf:",
          Vocabulary.RDFS, "rdfs:",
          Vocabulary.OWL, "owl:",
          Vocabulary.XSD, "xsd:");

  private final List<String> sentences = new ArrayList<>();
  private long more;

  private PlainDiff() {}

  /** The sentences of a change that compiles. */
  public static List<String> of(CompiledChange change) {
    PlainDiff diff = new PlainDiff();
    List<CompiledChange.ClassChange> classes = new ArrayList<>(change.classes());
    classes.sort(
        Comparator.comparing(CompiledChange.ClassChange::eventType)
            .thenComparing(CompiledChange.ClassChange::iri));
    Set<String> spokenOf = new HashSet<>();
    for (CompiledChange.ClassChange affected : classes) {
      if (affected.changes()) {
        diff.type(affected);
        diff.guards(affected);
        spokenOf.add(affected.iri());
      }
    }
    diff.triples(change.delta(), line -> isSpokenOf(NTriple.parse(line), change, spokenOf));
    return diff.done();
  }

  /** The triples of a change that does not compile. */
  public static List<String> of(Delta delta) {
    PlainDiff diff = new PlainDiff();
    diff.triples(delta, line -> false);
    return diff.done();
  }

  private static boolean isSpokenOf(NTriple triple, CompiledChange change, Set<String> spokenOf) {
    if (triple.predicate().equals(Vocabulary.A)
        && triple.object().equals(Vocabulary.DATATYPE_PROPERTY)) {
      return !spokenOf.isEmpty();
    }
    Set<String> classes = change.classesOf(triple.subject());
    return COMPILED.contains(triple.predicate())
        && !classes.isEmpty()
        && spokenOf.containsAll(classes);
  }

  private void type(CompiledChange.ClassChange affected) {
    CompiledType before = affected.before();
    CompiledType after = affected.after();
    String name = affected.eventType();
    if (before == null && after != null) {
      say(name + ": new event type");
      limits(name, after);
    } else if (before != null && after == null) {
      say(name + ": event type removed");
      return;
    }
    for (Difference difference : affected.differences()) {
      say(name + ": " + sentence(difference));
    }
  }

  private void limits(String name, CompiledType type) {
    if (!Double.isInfinite(type.valueMin()) || !Double.isInfinite(type.valueMax())) {
      say(
          name
              + ": value: from "
              + Difference.shown(type.valueMin())
              + " to "
              + Difference.shown(type.valueMax()));
    }
    if (type.watchEachSubject()) {
      say(name + ": each subject is watched by itself");
    }
  }

  private static String sentence(Difference difference) {
    String attribute = difference.attribute();
    String change = difference.before() + " -> " + difference.after();
    return switch (difference.kind()) {
      case NAME -> "renamed " + difference.after();
      case DECIMALS -> "decimals of sums: " + change;
      case WATCH_EACH_SUBJECT ->
          difference.after().equals("true")
              ? "each subject is watched by itself"
              : "subjects are no longer watched one by one";
      case VALUE_MIN -> "value: smallest allowed " + change;
      case VALUE_MAX -> "value: largest allowed " + change;
      case ATTRIBUTE_ADDED -> "new " + attributeShown(difference.after(), attribute);
      case ATTRIBUTE_REMOVED -> attributeShown(difference.before(), attribute) + " removed";
      case DATATYPE -> attribute + ": datatype " + change;
      case REQUIRED -> attribute + ": " + change;
      case MIN -> attribute + ": smallest allowed " + change;
      case MAX -> attribute + ": largest allowed " + change;
      case ALLOWED -> attribute + ": allowed " + change;
      case FIGURE -> "watched: " + attribute + " " + change;
    };
  }

  /** {@code optional decimal}, {@code risk_score}: optional attribute risk_score (decimal). */
  private static String attributeShown(String property, String name) {
    int space = property.indexOf(' ');
    return property.substring(0, space)
        + " attribute "
        + name
        + " ("
        + property.substring(space + 1)
        + ")";
  }

  private void guards(CompiledChange.ClassChange affected) {
    String name = affected.eventType();
    for (Guard guard : affected.guardsBefore()) {
      Guard now = find(affected.guardsAfter(), guard.iri());
      if (now == null) {
        say(name + ": guard " + guard.name() + " removed");
      } else if (!now.equals(guard)) {
        guard(name, guard, now);
      }
    }
    for (Guard guard : affected.guardsAfter()) {
      if (find(affected.guardsBefore(), guard.iri()) == null) {
        say(
            name
                + ": new guard "
                + guard.name()
                + " ("
                + guard.kind()
                + ", "
                + guard.criticality()
                + ")"
                + figures(guard));
      }
    }
  }

  private void guard(String type, Guard was, Guard is) {
    String name = type + ": guard " + was.name();
    if (!is.name().equals(was.name())) {
      say(name + ": renamed " + is.name());
    }
    if (!is.kind().equals(was.kind())) {
      say(name + ": kind " + was.kind() + " -> " + is.kind());
    }
    if (!is.criticality().equals(was.criticality())) {
      say(name + ": criticality " + was.criticality() + " -> " + is.criticality());
    }
    if (!is.figures().equals(was.figures())) {
      say(name + ": limits" + figures(was) + " ->" + figures(is));
    }
  }

  private static String figures(Guard guard) {
    StringBuilder out = new StringBuilder();
    guard
        .figures()
        .forEach(
            (figure, limit) ->
                out.append(' ').append(figure).append(' ').append(Difference.shown(limit)));
    return out.isEmpty() ? " none" : out.toString();
  }

  private static @Nullable Guard find(List<Guard> guards, String iri) {
    for (Guard guard : guards) {
      if (guard.iri().equals(iri)) {
        return guard;
      }
    }
    return null;
  }

  private void triples(Delta delta, Predicate<String> spokenOf) {
    for (String line : delta.removed()) {
      triple("removes: ", line, spokenOf);
    }
    for (String line : delta.added()) {
      triple("adds: ", line, spokenOf);
    }
  }

  private void triple(String verb, String line, Predicate<String> spokenOf) {
    NTriple triple;
    try {
      if (spokenOf.test(line)) {
        return;
      }
      triple = NTriple.parse(line);
    } catch (IllegalArgumentException e) {
      say(verb + line);
      return;
    }
    say(
        verb
            + shown(triple.subject())
            + " "
            + shown(triple.predicate())
            + " "
            + shown(triple.object()));
  }

  private static String shown(String term) {
    if (Terms.isLiteral(term)) {
      return cut(Terms.quoted(Terms.lexical(term)), TERM_CHARS_MAX);
    }
    String iri = Terms.lexical(term);
    for (Map.Entry<String, String> prefix : PREFIXES.entrySet()) {
      if (iri.startsWith(prefix.getKey())) {
        return cut(prefix.getValue() + iri.substring(prefix.getKey().length()), TERM_CHARS_MAX);
      }
    }
    return cut(
        iri.startsWith(Vocabulary.ROOT) ? iri.substring(Vocabulary.ROOT.length()) : iri,
        TERM_CHARS_MAX);
  }

  private void say(String sentence) {
    if (sentences.size() < SENTENCES_MAX) {
      sentences.add(cut(printable(sentence), CHARS_MAX));
    } else {
      more++;
    }
  }

  private List<String> done() {
    if (more > 0) {
      sentences.set(SENTENCES_MAX - 1, "and " + (more + 1) + " more");
    }
    return List.copyOf(sentences);
  }

  private static String cut(String text, int charsMax) {
    if (text.length() <= charsMax) {
      return text;
    }
    int end = charsMax - 3;
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end)
        + "...";
  }

  /** Nothing that moves a cursor or turns the direction of what follows. */
  private static String printable(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .map(
            c ->
                switch (Character.getType(c)) {
                  case Character.CONTROL,
                      Character.FORMAT,
                      Character.LINE_SEPARATOR,
                      Character.PARAGRAPH_SEPARATOR,
                      Character.SURROGATE ->
                      0xfffd;
                  default -> c;
                })
        .forEach(out::appendCodePoint);
    return out.toString();
  }
}
