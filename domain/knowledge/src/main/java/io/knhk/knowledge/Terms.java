package io.knhk.knowledge;

import java.math.BigDecimal;

/** Terms of N-Triples and what they stand for. */
final class Terms {
  private Terms() {}

  static String iri(String iri) {
    return "<" + iri + ">";
  }

  static boolean isLiteral(String term) {
    return term.startsWith("\"");
  }

  static String text(String lexical) {
    return quoted(lexical);
  }

  static String integer(long value) {
    return quoted(Long.toString(value)) + "^^" + Vocabulary.XSD_INTEGER;
  }

  static String truth(boolean value) {
    return quoted(Boolean.toString(value)) + "^^" + Vocabulary.XSD_BOOLEAN;
  }

  /** The shortest decimal that reads back as the same double. */
  static String decimal(double value) {
    return quoted(plain(value)) + "^^" + Vocabulary.XSD_DECIMAL;
  }

  static String plain(double value) {
    BigDecimal exact = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    return exact.scale() < 0 ? exact.setScale(0).toPlainString() : exact.toPlainString();
  }

  static String quoted(String lexical) {
    StringBuilder out = new StringBuilder(lexical.length() + 2).append('"');
    for (int i = 0; i < lexical.length(); i++) {
      char c = lexical.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        default -> out.append(c);
      }
    }
    return out.append('"').toString();
  }

  /** The lexical form of a literal, or the IRI of {@code <iri>}. */
  static String lexical(String term) {
    if (!isLiteral(term)) {
      return term.substring(1, term.length() - 1);
    }
    int close = closingQuote(term);
    if (term.indexOf('\\') < 0) {
      return term.substring(1, close);
    }
    StringBuilder out = new StringBuilder(close);
    for (int i = 1; i < close; i++) {
      char c = term.charAt(i);
      if (c == '\\') {
        i++;
        char escaped = term.charAt(i);
        out.append(escaped == 'n' ? '\n' : escaped == 'r' ? '\r' : escaped);
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /**
   * {@code ^^<iri>}, {@code @tag} or the empty string: what stands after a literal's closing quote.
   */
  static String suffix(String literal) {
    return literal.substring(closingQuote(literal) + 1);
  }

  /**
   * No datatype IRI, language tag or escape holds a quote, so the last one that is not escaped
   * closes the literal.
   */
  private static int closingQuote(String literal) {
    int at = literal.lastIndexOf('"');
    if (at < 1) {
      throw new IllegalArgumentException("expected a literal: term=" + literal);
    }
    return at;
  }
}
