package io.knhk.knowledge;

import com.apicatalog.jsonld.JsonLdError;
import com.apicatalog.jsonld.JsonLdErrorCode;
import com.apicatalog.jsonld.JsonLdOptions;
import com.apicatalog.jsonld.JsonLdOptions.ProcessingPolicy;
import com.apicatalog.jsonld.uri.UriValidationPolicy;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.apache.jena.riot.lang.LangJSONLD11;
import org.apache.jena.sparql.util.Context;

/**
 * Looks through JSON-LD before it is parsed: contexts must be in the document, nesting bounded, and
 * so must be the work and the memory that its contexts ask a processor for. The loader that the
 * processor gets refuses everything all the same.
 */
final class JsonLdGuard {
  /** Contexts met, times the terms that they define. */
  static final long CONTEXT_WORK_MAX = 20_000_000;

  private static final String CONTEXT = "@context";

  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(ReadLimits.NESTING_MAX + 2)
                  .maxStringLength(ReadLimits.FILE.bytesMax())
                  .build())
          .build();

  private final Deque<Level> levels = new ArrayDeque<>();

  /** Of each term that a context defines as a text, the longest such text. */
  private final Map<String, String> terms = new HashMap<>();

  private long names;
  private long longest = 64;
  private long vocabularies;
  private long contexts;
  private long scoped;
  private long members;

  private JsonLdGuard() {}

  /** The text, unless it is one that no processor should be given. */
  static String check(String text) throws RefusedException {
    JsonLdGuard guard = new JsonLdGuard();
    try (JsonParser parser = JSON.createParser(text)) {
      guard.scan(parser);
    } catch (IOException e) {
      throw new RefusedException(RefusalReason.MALFORMED, "expected JSON: " + e.getMessage());
    }
    guard.checkPrefixes();
    guard.checkWork();
    return text;
  }

  /**
   * What the processor is told: it fails where it would leave something out, and fetches nothing.
   */
  static Context context(String base) {
    JsonLdOptions options = new JsonLdOptions();
    options.setBase(URI.create(base));
    options.setUndefinedTermsPolicy(ProcessingPolicy.Fail);
    options.setUriValidation(UriValidationPolicy.None);
    options.setDocumentLoader(
        (url, loaderOptions) -> {
          throw new JsonLdError(JsonLdErrorCode.LOADING_DOCUMENT_FAILED, "expected nothing remote");
        });
    return Context.create().set(LangJSONLD11.JSONLD_OPTIONS, options);
  }

  private void scan(JsonParser parser) throws IOException, RefusedException {
    for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
      switch (token) {
        case FIELD_NAME -> field(parser.currentName());
        case START_OBJECT, START_ARRAY -> open(token == JsonToken.START_ARRAY);
        case END_OBJECT, END_ARRAY -> levels.pop();
        case VALUE_STRING -> string(parser.getText());
        default -> {}
      }
    }
  }

  private void open(boolean isArray) throws RefusedException {
    Level outer = levels.peek();
    boolean isContext = outer != null && outer.name.equals(CONTEXT);
    boolean isWithin = outer != null && outer.isWithin;
    if (isContext && !isArray) {
      contexts++;
      scoped += isWithin && !outer.isArray ? 1 : 0;
    }
    String name = isArray && outer != null ? outer.name : "";
    String term = outer == null ? "" : outer.name;
    levels.push(new Level(isArray, isContext || isWithin, term, name));
    if (levels.size() > ReadLimits.NESTING_MAX) {
      throw RefusedException.limit(
          RefusalReason.NESTED_TOO_DEEP,
          "bounded nesting",
          "depth",
          levels.size(),
          ReadLimits.NESTING_MAX);
    }
  }

  private void field(String name) throws RefusedException {
    Level level = levels.element();
    level.name = name;
    names++;
    if (level.isWithin) {
      members++;
      longest = Math.max(longest, name.length());
    }
    if (name.equals("@import")) {
      throw new RefusedException(
          RefusalReason.REMOTE_CONTEXT, "expected contexts within the document: @import");
    }
  }

  private void string(String value) throws RefusedException {
    Level level = levels.peek();
    names++;
    if (level == null) {
      return;
    }
    if (level.name.equals(CONTEXT)) {
      throw new RefusedException(
          RefusalReason.REMOTE_CONTEXT, "expected contexts within the document: url=" + value);
    }
    if (level.isWithin) {
      longest = Math.max(longest, value.length());
      if (level.name.equals("@vocab") || level.name.equals("@base")) {
        vocabularies += value.length();
      }
      String term = level.name.startsWith("@") ? level.term : level.name;
      terms.merge(term, value, (a, b) -> a.length() >= b.length() ? a : b);
    }
  }

  /**
   * Terms may be written with a prefix that a context defines, prefixes not with prefixes again.
   */
  private void checkPrefixes() throws RefusedException {
    for (Map.Entry<String, String> term : terms.entrySet()) {
      String prefix = prefix(term.getValue());
      String next = prefix.equals(term.getKey()) ? null : terms.get(prefix);
      if (next != null && terms.containsKey(prefix(next)) && !prefix(next).equals(prefix)) {
        throw new RefusedException(
            RefusalReason.NESTED_TOO_DEEP,
            "expected prefixes that are written out: term=" + term.getKey() + ", prefix=" + prefix);
      }
    }
  }

  private static String prefix(String value) {
    int colon = value.indexOf(':');
    return colon < 0 ? value : value.substring(0, colon);
  }

  private void checkWork() throws RefusedException {
    long chars = names * Math.max(longest, vocabularies);
    if (chars > ReadLimits.EXPANDED_CHARS_MAX) {
      throw RefusedException.limit(
          RefusalReason.TOO_LARGE,
          "a document that is bounded once names are written out",
          "chars",
          chars,
          ReadLimits.EXPANDED_CHARS_MAX);
    }
    long work = (contexts + (scoped > 0 ? names : 0)) * (members + 1);
    if (work > CONTEXT_WORK_MAX) {
      throw RefusedException.limit(
          RefusalReason.TOO_LARGE,
          "contexts that take bounded work",
          "work",
          work,
          CONTEXT_WORK_MAX);
    }
  }

  /** An object or an array that is open. */
  private static final class Level {
    private final boolean isArray;
    private final boolean isWithin;

    /** The member of the level around it that this is the value of. */
    private final String term;

    /** The member that comes next; in an array, the member that the array is the value of. */
    private String name;

    Level(boolean isArray, boolean isWithin, String term, String name) {
      this.isArray = isArray;
      this.isWithin = isWithin;
      this.term = term;
      this.name = name;
    }
  }
}
