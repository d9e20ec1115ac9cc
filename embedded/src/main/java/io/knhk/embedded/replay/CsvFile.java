package io.knhk.embedded.replay;

import io.knhk.schemas.observation.Attribute;
import io.knhk.schemas.observation.Datatype;
import io.knhk.schemas.observation.Observation;
import io.knhk.schemas.observation.ObservationCodec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * {@code <sector>/<event.type>.csv}: each row is an observation of that type. Every column besides
 * {@code timestamp}, {@code value}, {@code key} and {@code outcome} is an attribute, of the
 * narrowest datatype that all its cells have; an empty cell is an absent attribute. A row that
 * makes no observation is replayed as its own bytes, for the loop to reject.
 */
final class CsvFile implements ReplayFile {
  private final Path file;
  private final String sector;
  private final String eventType;
  private final CsvLayout layout;
  private final @Nullable Datatype[] datatypes;
  private long rows;
  private boolean sorted = true;
  private long firstTimeMs = Long.MIN_VALUE;

  private CsvFile(Path file, String sector, CsvLayout layout) {
    this.file = file;
    this.sector = sector;
    this.layout = layout;
    String name = ReplayFiles.name(file);
    this.eventType = name.substring(0, name.length() - ReplayFiles.CSV.length());
    this.datatypes = new Datatype[layout.columns().size()];
  }

  /** Looks through the whole file. */
  static CsvFile scan(Path file, String sector) throws IOException {
    try (RawRows raw = RawRows.open(file, true)) {
      CsvFile csv = new CsvFile(file, sector, CsvLayout.of(file, raw.next()));
      csv.look(raw);
      if (!csv.sorted) {
        SortedRows.checkSize(file);
      }
      return csv;
    }
  }

  @Override
  public String sector() {
    return sector;
  }

  @Override
  public long rows() {
    return rows;
  }

  @Override
  public Rows open() throws IOException {
    RawRows raw = RawRows.open(file, true);
    raw.next(); // the header
    Rows inFileOrder = new FileRows(raw);
    return sorted ? inFileOrder : SortedRows.of(inFileOrder);
  }

  @Override
  public ReplayRecord record(Row row, String replayId, long number) {
    String source = ReplayRecord.source(replayId, sector);
    if (!row.isMalformed()) {
      try {
        byte[] event =
            ObservationCodec.encodeStructured(
                observation(row, source, replayId + "-" + number), source);
        return new ReplayRecord(sector, number, row.timeMs(), source, sector, source, event, false);
      } catch (IllegalArgumentException e) {
        // JSON cannot say it; the row itself is sent instead.
      }
    }
    return new ReplayRecord(
        sector, number, row.timeMs(), source, sector, source, row.bytes(), true);
  }

  private void look(RawRows raw) throws IOException {
    Rows all = new FileRows(raw);
    long latest = Long.MIN_VALUE;
    for (Row row = all.next(); row != null; row = all.next()) {
      rows++;
      if (!row.isMalformed()) {
        if (firstTimeMs == Long.MIN_VALUE) {
          firstTimeMs = row.timeMs();
        }
        sorted &= row.timeMs() >= latest;
        latest = Math.max(latest, row.timeMs());
        widen(row.cells());
      }
    }
  }

  private void widen(List<String> cells) {
    for (int column = 0; column < cells.size(); column++) {
      String text = cells.get(column);
      if (layout.isAttribute(column) && !text.isEmpty()) {
        Datatype seen = CellType.of(text);
        Datatype before = datatypes[column];
        datatypes[column] = before == null ? seen : before.join(seen);
      }
    }
  }

  private Observation observation(Row row, String source, String id) {
    List<String> cells = row.cells();
    List<Attribute> attributes = new ArrayList<>();
    for (int column = 0; column < cells.size(); column++) {
      if (layout.isAttribute(column) && !cells.get(column).isEmpty()) {
        attributes.add(attribute(column, cells.get(column)));
      }
    }
    String key = layout.key() < 0 ? "" : cells.get(layout.key());
    return new Observation(
        sector,
        source,
        id,
        row.timeMs(),
        key.isEmpty() ? eventType : key,
        eventType,
        Double.parseDouble(cells.get(layout.value())),
        layout.outcome() >= 0 && cells.get(layout.outcome()).equals("error"),
        attributes);
  }

  private Attribute attribute(int column, String text) {
    String name = layout.columns().get(column);
    Datatype datatype = datatypes[column];
    return switch (datatype == null ? Datatype.STRING : datatype) {
      case STRING -> Attribute.ofText(name, text);
      case BOOLEAN -> Attribute.ofBoolean(name, text.equals("true"));
      case INTEGER, DECIMAL ->
          Attribute.ofNumber(
              name, text, Double.parseDouble(text), CellType.of(text) == Datatype.INTEGER);
    };
  }

  /** The cells, or none when they make no observation. */
  private List<String> valid(byte[] row) {
    List<String> cells = CsvLayout.cells(row);
    if (cells == null || cells.size() != layout.columns().size()) {
      return List.of();
    }
    String value = cells.get(layout.value());
    if (!CellType.isNumber(value) || !Double.isFinite(Double.parseDouble(value))) {
      return List.of();
    }
    if (layout.outcome() >= 0
        && !Arrays.asList("", "ok", "error").contains(cells.get(layout.outcome()))) {
      return List.of();
    }
    return cells;
  }

  private final class FileRows implements Rows {
    private final RawRows raw;
    private long timeMs = firstTimeMs;

    FileRows(RawRows raw) {
      this.raw = raw;
    }

    @Override
    public @Nullable Row next() throws IOException {
      byte[] bytes = raw.next();
      if (bytes == null) {
        return null;
      }
      List<String> cells = valid(bytes);
      if (!cells.isEmpty()) {
        OptionalLong time = EventTimes.parse(cells.get(layout.timestamp()).strip());
        if (time.isPresent()) {
          timeMs = time.getAsLong();
          return new Row(timeMs, bytes, cells);
        }
      }
      return new Row(timeMs, bytes, List.of());
    }

    @Override
    public void close() throws IOException {
      raw.close();
    }
  }
}
