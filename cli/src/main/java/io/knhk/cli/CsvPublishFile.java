package io.knhk.cli;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import io.knhk.schemas.observation.Attribute;
import io.knhk.schemas.observation.Datatype;
import io.knhk.schemas.observation.Observation;
import io.knhk.schemas.observation.ObservationCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A CSV with the columns {@code timestamp} and {@code value}, optionally {@code key} and {@code
 * outcome}; every other column is an attribute of the narrowest datatype that all its cells have,
 * and an empty cell is an absent one. A row that makes no observation is sent as it is, for the
 * loop to reject.
 */
final class CsvPublishFile implements PublishFile {
  private static final DateTimeFormatter SPACED =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
  private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9][0-9]*)");
  private static final Pattern DECIMAL =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

  private final Path file;
  private final String sector;
  private final String eventType;
  private final String source;
  private final List<String> columns;
  private final Map<String, Datatype> datatypes = new HashMap<>();
  private long count;

  private CsvPublishFile(
      Path file, String sector, String eventType, String source, List<String> columns) {
    this.file = file;
    this.sector = sector;
    this.eventType = eventType;
    this.source = source;
    this.columns = columns;
  }

  /** Looks through the whole file, for the datatypes of its columns. */
  static CsvPublishFile scan(Path file, String sector, String eventType, String source)
      throws IOException {
    try (CsvReader<CsvRecord> reader = reader(file)) {
      Iterator<CsvRecord> rows = reader.iterator();
      CsvPublishFile csv = new CsvPublishFile(file, sector, eventType, source, header(file, rows));
      while (rows.hasNext()) {
        csv.widen(rows.next());
      }
      return csv;
    } catch (CsvParseException | UncheckedIOException e) {
      throw bad(file, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public long count() {
    return count;
  }

  @Override
  public Records open() throws IOException {
    CsvReader<CsvRecord> reader = reader(file);
    Iterator<CsvRecord> rows = reader.iterator();
    rows.next(); // The header.
    byte[] key = source.getBytes(StandardCharsets.UTF_8);
    return new Records() {
      private long number;

      @Override
      public @Nullable Message next() {
        if (!rows.hasNext()) {
          return null;
        }
        CsvRecord row = rows.next();
        return new Message(key, value(row, number++));
      }

      @Override
      public void close() throws IOException {
        reader.close();
      }
    };
  }

  private byte[] value(CsvRecord row, long number) {
    try {
      return ObservationCodec.encodeStructured(observation(row, number), source);
    } catch (IllegalArgumentException | DateTimeException e) {
      return String.join(",", row.getFields()).getBytes(StandardCharsets.UTF_8);
    }
  }

  private Observation observation(CsvRecord row, long number) {
    if (row.getFieldCount() != columns.size()) {
      throw new IllegalArgumentException("expected as many cells as columns");
    }
    List<Attribute> attributes = new ArrayList<>();
    String key = "";
    String outcome = "";
    String value = "";
    String timestamp = "";
    for (int i = 0; i < columns.size(); i++) {
      String cell = row.getField(i);
      switch (columns.get(i)) {
        case "key" -> key = cell;
        case "outcome" -> outcome = cell;
        case "value" -> value = cell;
        case "timestamp" -> timestamp = cell.strip();
        default -> {
          if (!cell.isEmpty()) {
            attributes.add(attribute(columns.get(i), cell));
          }
        }
      }
    }
    if (!DECIMAL.matcher(value).matches() || !List.of("", "ok", "error").contains(outcome)) {
      throw new IllegalArgumentException("expected a number and an outcome");
    }
    return new Observation(
        sector,
        source,
        Long.toString(number),
        timeMs(timestamp),
        key.isEmpty() ? eventType : key,
        eventType,
        Double.parseDouble(value),
        outcome.equals("error"),
        attributes);
  }

  private Attribute attribute(String name, String cell) {
    return switch (datatypes.getOrDefault(name, Datatype.STRING)) {
      case STRING -> Attribute.ofText(name, cell);
      case BOOLEAN -> Attribute.ofBoolean(name, cell.equals("true"));
      case INTEGER, DECIMAL ->
          Attribute.ofNumber(
              name, cell, Double.parseDouble(cell), datatype(cell) == Datatype.INTEGER);
    };
  }

  private void widen(CsvRecord row) {
    count++;
    for (int i = 0; i < Math.min(columns.size(), row.getFieldCount()); i++) {
      String cell = row.getField(i);
      if (!cell.isEmpty()) {
        datatypes.merge(columns.get(i), datatype(cell), Datatype::join);
      }
    }
  }

  private static Datatype datatype(String cell) {
    if (cell.equals("true") || cell.equals("false")) {
      return Datatype.BOOLEAN;
    }
    if (INTEGER.matcher(cell).matches()) {
      return Datatype.INTEGER;
    }
    return DECIMAL.matcher(cell).matches() && Double.isFinite(Double.parseDouble(cell))
        ? Datatype.DECIMAL
        : Datatype.STRING;
  }

  private static long timeMs(String text) {
    return text.indexOf('T') > 0
        ? OffsetDateTime.parse(text).toInstant().toEpochMilli()
        : LocalDateTime.parse(text, SPACED).toInstant(ZoneOffset.UTC).toEpochMilli();
  }

  private static CsvReader<CsvRecord> reader(Path file) throws IOException {
    return CsvReader.builder().ofCsvRecord(file, StandardCharsets.UTF_8);
  }

  private static List<String> header(Path file, Iterator<CsvRecord> rows) {
    List<String> columns =
        rows.hasNext()
            ? rows.next().getFields().stream()
                .map(name -> name.replace("\uFEFF", "").strip())
                .toList()
            : List.of();
    if (!columns.contains("timestamp")
        || !columns.contains("value")
        || columns.contains("")
        || new HashSet<>(columns).size() != columns.size()) {
      throw bad(file, "header=" + columns);
    }
    return columns;
  }

  private static CliException bad(Path file, String problem) {
    return CliError.BAD_INPUT_FILE.because(
        "expected a CSV with the columns timestamp and value, each name once: file="
            + file
            + ", "
            + problem,
        "Mend the file.");
  }
}
