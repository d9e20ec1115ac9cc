package io.knhk.cli;

/** How data is written to stdout. */
public enum OutputFormat {
  /** Columns for a person. */
  table,
  /** One array, or one object. */
  json,
  /** One object a line. */
  ndjson
}
