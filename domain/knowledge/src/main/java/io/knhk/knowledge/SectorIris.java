package io.knhk.knowledge;

import java.nio.charset.StandardCharsets;

/**
 * The IRIs of one sector.
 *
 * <pre>
 *   class of an event type        https://knhk.io/ns/SECTOR#payment.authorised
 *   shape of an attribute         https://knhk.io/ns/SECTOR#payment.authorised:currency
 *   shape of the value            https://knhk.io/ns/SECTOR#payment.authorised::value
 *   guard, watch rule             https://knhk.io/ns/SECTOR#payment.authorised::rate   ::watch
 *   attribute as a property       https://knhk.io/ns/SECTOR/attribute#currency
 *   what was a blank node         https://knhk.io/ns/SECTOR/node#0123...
 * </pre>
 *
 * A name is escaped so that no two names give one IRI: ASCII letters, digits, {@code . - _} stand
 * for themselves, every other byte of its UTF-8 becomes {@code %XX} in upper case (RFC 3986,
 * section 2.1), {@code %} and {@code :} among them.
 */
final class SectorIris {
  /** Owner of what every sector is made of. */
  static final String CORE = "core";

  private final String sector;

  SectorIris(String sector) {
    this.sector = sector;
  }

  static String escape(String name) {
    StringBuilder out = new StringBuilder(name.length() + 16);
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '.'
              || c == '-'
              || c == '_';
      if (plain) {
        out.append(c);
      } else {
        out.append('%');
        out.append("0123456789ABCDEF".charAt(c >>> 4)).append("0123456789ABCDEF".charAt(c & 15));
      }
    }
    return out.toString();
  }

  /**
   * Whether a name can be a literal and an IRI without loss: whole Unicode, no control characters,
   * not empty.
   */
  static boolean isRepresentable(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (Character.isISOControl(c)) {
        return false;
      }
      if (Character.isSurrogate(c)) {
        if (!Character.isHighSurrogate(c)
            || i + 1 == name.length()
            || !Character.isLowSurrogate(name.charAt(i + 1))) {
          return false;
        }
        i++;
      }
    }
    return !name.isEmpty();
  }

  String type(String eventType) {
    return Terms.iri(Vocabulary.ROOT + sector + "#" + escape(eventType));
  }

  String attributeShape(String eventType, String attribute) {
    return Terms.iri(Vocabulary.ROOT + sector + "#" + escape(eventType) + ":" + escape(attribute));
  }

  String part(String eventType, String part) {
    return Terms.iri(Vocabulary.ROOT + sector + "#" + escape(eventType) + "::" + escape(part));
  }

  String attribute(String attribute) {
    return Terms.iri(Vocabulary.ROOT + sector + "/attribute#" + escape(attribute));
  }

  /** Where the blank nodes of an owner ({@code core} or a sector) get their names. */
  static String nodeNamespace(String owner) {
    return Vocabulary.ROOT + owner + "/node#";
  }

  /** Whether this subject was a blank node in what {@code owner} said. */
  static boolean isNode(String owner, String subject) {
    return subject.startsWith("<" + nodeNamespace(owner));
  }

  /** Whether {@code owner} may say something about this subject. */
  static boolean owns(String owner, String subject) {
    String own = "<" + Vocabulary.ROOT + owner;
    return subject.equals(own + ">")
        || subject.startsWith(own + "#")
        || subject.startsWith(own + "/attribute#")
        || subject.startsWith(own + "/node#");
  }
}
