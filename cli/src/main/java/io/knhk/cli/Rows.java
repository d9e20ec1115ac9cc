package io.knhk.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes rows to stdout as they come (ndjson), or all together (table, json). */
public final class Rows implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int CELL_CHARS_MAX = 80;
  private static final String BETWEEN = "  ";

  private final PrintStream out;
  private final OutputFormat format;
  private final List<String> columns;
  private final List<List<String>> cells = new ArrayList<>();
  private boolean begun;
  private boolean closed;

  /**
   * @param columns members shown in a table, in order; json and ndjson show all
   */
  public Rows(PrintStream out, OutputFormat format, List<String> columns) {
    this.out = out;
    this.format = format;
    this.columns = List.copyOf(columns);
  }

  public void add(ObjectNode row) {
    switch (format) {
      case ndjson -> out.println(text(row));
      case json -> {
        out.print(begun ? ",\n  " : "[\n  ");
        out.print(text(row));
      }
      case table -> cells.add(columns.stream().map(column -> cell(row.get(column))).toList());
    }
    begun = true;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    switch (format) {
      case ndjson -> {
        // Every row was written when it came.
      }
      case json -> out.println(begun ? "\n]" : "[]");
      case table -> writeTable();
    }
    out.flush();
  }

  /** One object: its members one a line, or as JSON. */
  public static void writeOne(PrintStream out, OutputFormat format, ObjectNode object) {
    if (format == OutputFormat.table) {
      int width = 0;
      for (var member : object.properties()) {
        width = Math.max(width, member.getKey().length());
      }
      for (var member : object.properties()) {
        JsonNode value = member.getValue();
        out.println(
            padded(member.getKey(), width)
                + BETWEEN
                + (value.isTextual() ? printable(value.textValue()) : text(value)));
      }
    } else if (format == OutputFormat.json) {
      out.println(object.toPrettyString());
    } else {
      out.println(text(object));
    }
    out.flush();
  }

  /** Compact JSON. */
  public static String text(JsonNode node) {
    try {
      return JSON.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("expected a tree to have a JSON form", e);
    }
  }

  private void writeTable() {
    List<List<String>> lines = new ArrayList<>();
    lines.add(columns.stream().map(column -> column.toUpperCase(Locale.ROOT)).toList());
    lines.addAll(cells);
    int[] widths = new int[columns.size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    for (List<String> line : lines) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        text.append(i == 0 ? "" : BETWEEN).append(padded(line.get(i), widths[i]));
      }
      out.println(text.toString().stripTrailing());
    }
  }

  private static String cell(@Nullable JsonNode value) {
    if (value == null || value.isNull()) {
      return "-";
    }
    String text = printable(value.isValueNode() ? value.asText() : text(value));
    return text.length() <= CELL_CHARS_MAX ? text : text.substring(0, CELL_CHARS_MAX - 3) + "...";
  }

  /** What others sent must not steer the terminal. */
  public static String printable(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      out.append(Character.isISOControl(c) ? '\ufffd' : c);
    }
    return out.toString();
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }
}
