package io.knhk.embedded.replay;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The header of a CSV: which column is what.
 *
 * @param columns names in order, distinct
 * @param timestamp index of the column of that name
 * @param value likewise
 * @param key likewise, -1 without one
 * @param outcome likewise, -1 without one
 */
record CsvLayout(List<String> columns, int timestamp, int value, int key, int outcome) {
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  static CsvLayout of(Path file, byte @Nullable [] header) {
    List<String> cells = header == null ? null : cells(header);
    if (cells == null) {
      throw ReplayFiles.unreadable(file, "expected a header line in UTF-8");
    }
    List<String> columns =
        cells.stream().map(name -> name.replace(BYTE_ORDER_MARK, "").strip()).toList();
    if (new HashSet<>(columns).size() != columns.size() || columns.contains("")) {
      throw ReplayFiles.unreadable(
          file, "expected named columns, each name once: header=" + columns);
    }
    CsvLayout layout =
        new CsvLayout(
            columns,
            columns.indexOf("timestamp"),
            columns.indexOf("value"),
            columns.indexOf("key"),
            columns.indexOf("outcome"));
    if (layout.timestamp < 0 || layout.value < 0) {
      throw ReplayFiles.unreadable(
          file, "expected the columns timestamp and value: header=" + columns);
    }
    return layout;
  }

  boolean isAttribute(int column) {
    return column != timestamp && column != value && column != key && column != outcome;
  }

  /** The cells of a row; null when it is no row of a CSV in UTF-8. */
  static @Nullable List<String> cells(byte[] row) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(row)).toString();
      try (CsvReader<CsvRecord> reader = CsvReader.builder().ofCsvRecord(text)) {
        Iterator<CsvRecord> records = reader.iterator();
        List<String> cells = records.hasNext() ? records.next().getFields() : null;
        return records.hasNext() ? null : cells;
      }
    } catch (CsvParseException | CharacterCodingException e) {
      return null;
    } catch (IOException e) {
      throw new IllegalStateException("expected reading a string not to fail", e);
    }
  }
}
