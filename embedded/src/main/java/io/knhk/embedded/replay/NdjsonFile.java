package io.knhk.embedded.replay;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knhk.schemas.Sectors;
import io.knhk.schemas.observation.ObservationLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * {@code <sector>/*.ndjson}: a CloudEvents event in structured mode on each line, passed on byte
 * for byte.
 */
final class NdjsonFile implements ReplayFile {
  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(ObservationLimits.NESTING_MAX)
                      .build())
              .build());

  private final Path file;
  private final String sector;
  private long rows;
  private boolean sorted = true;
  private long firstTimeMs = Long.MIN_VALUE;

  private NdjsonFile(Path file, String sector) {
    this.file = file;
    this.sector = sector;
  }

  /** Looks through the whole file. */
  static NdjsonFile scan(Path file, String sector) throws IOException {
    NdjsonFile ndjson = new NdjsonFile(file, sector);
    try (RawRows raw = RawRows.open(file, false)) {
      ndjson.look(raw);
    }
    if (!ndjson.sorted) {
      SortedRows.checkSize(file);
    }
    return ndjson;
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
    Rows inFileOrder = new FileRows(RawRows.open(file, false));
    return sorted ? inFileOrder : SortedRows.of(inFileOrder);
  }

  /**
   * The record's key is the event's partition key, else its source, else what a CSV of the sector
   * has.
   */
  @Override
  public ReplayRecord record(Row row, String replayId, long number) {
    JsonNode event = parse(row.bytes());
    String source = text(event, "source");
    String partitionKey = text(event, "partitionkey");
    String named = text(event, "sector");
    boolean observed = !source.isEmpty() && Sectors.isKnown(named) && time(event).isPresent();
    String fallback = ReplayRecord.source(replayId, sector);
    return new ReplayRecord(
        sector,
        number,
        row.timeMs(),
        !partitionKey.isEmpty() ? partitionKey : source.isEmpty() ? fallback : source,
        observed ? named : "",
        observed ? source : "",
        row.bytes(),
        !observed);
  }

  private void look(RawRows raw) throws IOException {
    long latest = Long.MIN_VALUE;
    for (byte[] bytes = raw.next(); bytes != null; bytes = raw.next()) {
      rows++;
      OptionalLong time = time(parse(bytes));
      if (time.isPresent()) {
        if (firstTimeMs == Long.MIN_VALUE) {
          firstTimeMs = time.getAsLong();
        }
        sorted &= time.getAsLong() >= latest;
        latest = Math.max(latest, time.getAsLong());
      }
    }
  }

  private static @Nullable JsonNode parse(byte[] bytes) {
    try {
      return JSON.readTree(bytes);
    } catch (IOException e) {
      return null;
    }
  }

  private static String text(@Nullable JsonNode event, String member) {
    JsonNode value = event == null ? null : event.get(member);
    return value != null && value.isTextual() ? value.textValue() : "";
  }

  private static OptionalLong time(@Nullable JsonNode event) {
    return EventTimes.parse(text(event, "time"));
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
      timeMs = time(parse(bytes)).orElse(timeMs);
      return new Row(timeMs, bytes, List.of());
    }

    @Override
    public void close() throws IOException {
      raw.close();
    }
  }
}
