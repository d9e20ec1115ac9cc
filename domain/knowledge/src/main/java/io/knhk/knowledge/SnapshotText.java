package io.knhk.knowledge;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.knhk.schemas.Sectors;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Writes canonical lines as Turtle or JSON-LD, and reads them back exactly. The same set of lines
 * gives the same text: subjects, predicates and objects are sorted as {@link String} sorts, and the
 * prefixes are fixed.
 */
public final class SnapshotText {
  private static final SortedMap<String, String> PREFIXES = prefixes();

  /** A safe part of what Turtle allows behind a prefix. */
  private static final Pattern LOCAL =
      Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*([.][A-Za-z0-9_-]+)*");

  private static final String VALUE = "@value";

  private SnapshotText() {}

  /**
   * The lines as Turtle.
   *
   * @param lines canonical N-Triples without line ends
   */
  public static String turtle(Collection<String> lines) {
    SortedMap<String, SortedMap<String, List<String>>> subjects = grouped(lines);
    StringBuilder out = new StringBuilder();
    PREFIXES.forEach(
        (name, namespace) ->
            out.append("@prefix ").append(name).append(": <").append(namespace).append("> .\n"));
    subjects.forEach(
        (subject, predicates) -> {
          out.append('\n').append(shortened(subject));
          String separator = "\n    ";
          for (Map.Entry<String, List<String>> predicate : predicates.entrySet()) {
            out.append(separator)
                .append(
                    predicate.getKey().equals(Vocabulary.A) ? "a" : shortened(predicate.getKey()));
            String before = " ";
            for (String object : predicate.getValue()) {
              out.append(before).append(shortened(object));
              before = " ,\n        ";
            }
            separator = " ;\n    ";
          }
          out.append(" .\n");
        });
    return out.toString();
  }

  /**
   * The lines as expanded JSON-LD 1.1: an array of nodes, every IRI written out, no context.
   *
   * @param lines canonical N-Triples without line ends
   */
  public static String jsonLd(Collection<String> lines) {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.useDefaultPrettyPrinter();
      json.writeStartArray();
      for (Map.Entry<String, SortedMap<String, List<String>>> subject : grouped(lines).entrySet()) {
        json.writeStartObject();
        json.writeStringField("@id", Terms.lexical(subject.getKey()));
        for (Map.Entry<String, List<String>> predicate : subject.getValue().entrySet()) {
          json.writeArrayFieldStart(Terms.lexical(predicate.getKey()));
          for (String object : predicate.getValue()) {
            value(json, object);
          }
          json.writeEndArray();
        }
        json.writeEndObject();
      }
      json.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.append('\n').toString();
  }

  private static void value(JsonGenerator json, String object) throws IOException {
    json.writeStartObject();
    if (!Terms.isLiteral(object)) {
      json.writeStringField("@id", Terms.lexical(object));
    } else {
      json.writeStringField(VALUE, Terms.lexical(object));
      String suffix = Terms.suffix(object);
      if (suffix.startsWith("^^")) {
        json.writeStringField("@type", Terms.lexical(suffix.substring(2)));
      } else if (!suffix.isEmpty()) {
        json.writeStringField("@language", suffix.substring(1));
      }
    }
    json.writeEndObject();
  }

  /**
   * The lines of a text that was written by this class, sorted; or why they cannot be had. IRIs are
   * taken as they are written.
   */
  public static ReadResult<List<String>> read(RdfFormat format, byte[] text) {
    try {
      return new ReadResult.Read<>(RdfReader.written(format, text, ReadLimits.SNAPSHOT));
    } catch (RefusedException e) {
      return new ReadResult.Refused<>(e.refusal());
    }
  }

  private static SortedMap<String, SortedMap<String, List<String>>> grouped(
      Collection<String> lines) {
    SortedMap<String, SortedMap<String, List<String>>> subjects = new TreeMap<>();
    for (String line : new TreeSet<>(lines)) {
      NTriple triple = NTriple.parse(line);
      subjects
          .computeIfAbsent(triple.subject(), key -> new TreeMap<>())
          .computeIfAbsent(triple.predicate(), key -> new ArrayList<>())
          .add(triple.object());
    }
    return subjects;
  }

  private static String shortened(String term) {
    if (Terms.isLiteral(term)) {
      String suffix = Terms.suffix(term);
      return suffix.startsWith("^^")
          ? term.substring(0, term.length() - suffix.length())
              + "^^"
              + shortened(suffix.substring(2))
          : term;
    }
    String iri = Terms.lexical(term);
    for (Map.Entry<String, String> prefix : PREFIXES.entrySet()) {
      if (iri.startsWith(prefix.getValue())) {
        String local = iri.substring(prefix.getValue().length());
        if (LOCAL.matcher(local).matches()) {
          return prefix.getKey() + ":" + local;
        }
      }
    }
    return term;
  }

  private static SortedMap<String, String> prefixes() {
    SortedMap<String, String> prefixes = new TreeMap<>();
    prefixes.put("dcterms", Vocabulary.DCTERMS);
    prefixes.put("knhk", Vocabulary.CORE);
    prefixes.put("owl", Vocabulary.OWL);
    prefixes.put("rdf", Vocabulary.RDF);
    prefixes.put("rdfs", Vocabulary.RDFS);
    prefixes.put("sh", Vocabulary.SH);
    prefixes.put("skos", Vocabulary.SKOS);
    prefixes.put("xsd", Vocabulary.XSD);
    for (String sector : Sectors.ALL) {
      prefixes.put(sector, Vocabulary.ROOT + sector + "#");
    }
    return prefixes;
  }
}
