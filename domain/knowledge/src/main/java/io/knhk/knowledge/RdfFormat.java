package io.knhk.knowledge;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** A way of writing RDF down. Each is read from bytes of UTF-8 alone. */
public enum RdfFormat {
  /** Turtle (W3C, 2014). */
  TURTLE("ttl"),
  /** N-Triples (W3C, 2014). */
  N_TRIPLES("nt"),
  /** RDF/XML (W3C, 2014). */
  RDF_XML("rdf", "owl", "xml"),
  /** JSON-LD 1.1 (W3C, 2020), with its contexts in the file. */
  JSON_LD("jsonld", "json");

  @SuppressWarnings("ImmutableEnumChecker") // Set.of is immutable, which its type does not say.
  private final Set<String> extensions;

  RdfFormat(String... extensions) {
    this.extensions = Set.of(extensions);
  }

  /** The format that a file's name says, by what is behind its last dot. */
  public static Optional<RdfFormat> ofFileName(String name) {
    String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    for (RdfFormat format : values()) {
      if (format.extensions.contains(extension)) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }
}
