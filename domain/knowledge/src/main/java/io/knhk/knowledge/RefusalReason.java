package io.knhk.knowledge;

/** Why RDF that somebody sent, or a change made of it, was not taken. */
public enum RefusalReason {
  /** More bytes, or more characters once names are written out, than may be read. */
  TOO_LARGE,
  TOO_MANY_TRIPLES,
  TOO_MANY_FILES,
  /** A triple that is longer than a line may be. */
  LINE_TOO_LONG,
  NESTED_TOO_DEEP,
  /** A file whose name says no format that is read. */
  UNKNOWN_FORMAT,
  /** Not UTF-8, or against the grammar of its format. */
  MALFORMED,
  /** An IRI that is relative without a base, or has characters that no IRI has. */
  INVALID_IRI,
  /** A document type declaration that is more than a list of prefixes. */
  DOCTYPE,
  /** A JSON-LD context that would have to be fetched. */
  REMOTE_CONTEXT,
  /** Triples in a named graph: knowledge is one graph. */
  NAMED_GRAPH,
  /** A triple as a term of a triple (RDF 1.2), or a text with a base direction. */
  TRIPLE_TERM,
  /** Blank nodes that would take too much work to name. */
  BLANK_NODE_WORK,
  /** A triple about something that its author does not own. */
  NOT_OWNED,
  /** A triple that points at what belongs to another sector. */
  FOREIGN_TERM,
  /** A predicate outside of what knowledge may say. */
  NOT_ALLOWED,
  /** A namespace that no sector can adopt, or too many of them. */
  NAMESPACE,
  /** A triple to add that is there. */
  ALREADY_THERE,
  /** A triple to remove that is not there. */
  NOT_THERE,
  /** Nothing would change. */
  NOTHING_NEW,
  /** Parts of an import that are missing, altered or out of order. */
  PARTS
}
