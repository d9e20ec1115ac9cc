package io.knhk.operators.archive;

import io.knhk.operators.types.RawRecord;
import io.knhk.schemas.Sectors;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.java.functions.KeySelector;

/**
 * The sector that a record's Kafka key names. A record without a key, or with one that is no
 * sector, is of {@link #UNNAMED}: so there are never more keys than sectors, whatever is sent.
 */
public final class SectorOfKey implements KeySelector<RawRecord, String> {
  private static final long serialVersionUID = 1L;

  /** No sector's name. */
  public static final String UNNAMED = "";

  private static final List<String> NAMES =
      Stream.concat(Sectors.ALL.stream(), Stream.of(Sectors.INGEST)).toList();
  private static final byte[][] KEYS =
      NAMES.stream().map(name -> name.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);

  @Override
  public String getKey(RawRecord record) {
    return sectorOf(record);
  }

  static String sectorOf(RawRecord record) {
    for (int i = 0; i < KEYS.length; i++) {
      if (Arrays.equals(KEYS[i], record.key())) {
        return NAMES.get(i);
      }
    }
    return UNNAMED;
  }
}
