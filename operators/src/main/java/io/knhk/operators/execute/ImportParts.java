package io.knhk.operators.execute;

import io.knhk.schemas.control.ControlContent.ImportPart;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * Parts of ontologies that are on their way, until somebody asks for the whole.
 *
 * <p>State, keyed by sector: at most {@link #BYTES_MAX} of parts; each goes when its import is
 * taken or {@link #KEPT_MS} of recorded time after it came.
 */
final class ImportParts {
  /** Compressed bytes of all parts of a sector that wait. */
  static final long BYTES_MAX = 16L * 1024 * 1024;

  /** An import whose parts take longer than this to come has to be sent again. */
  static final long KEPT_MS = 3_600_000;

  private static final String BETWEEN = "/";

  private final MapState<String, byte[]> parts;
  private final MapState<String, Long> arrived;

  ImportParts(RuntimeContext context) {
    parts =
        context.getMapState(
            new MapStateDescriptor<>(
                "import-parts",
                Types.STRING,
                PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    arrived =
        context.getMapState(
            new MapStateDescriptor<>("import-parts-arrived", Types.STRING, Types.LONG));
  }

  /** False when there is no room; then nothing is kept of it. */
  boolean add(ImportPart part, long nowMs) throws Exception {
    String name = name(part.importId(), part.index());
    long bytes = part.lines().length;
    for (Map.Entry<String, byte[]> each : parts.entries()) {
      bytes += each.getKey().equals(name) ? 0 : each.getValue().length;
    }
    if (bytes > BYTES_MAX) {
      return false;
    }
    parts.put(name, part.lines());
    arrived.put(name, nowMs);
    return true;
  }

  /** All parts of an import in order; empty when one is missing. They stay. */
  Optional<List<ImportPart>> find(String importId, int count) throws Exception {
    List<ImportPart> found = new ArrayList<>();
    for (int index = 0; index < count; index++) {
      byte[] part = parts.get(name(importId, index));
      if (part == null) {
        return Optional.empty();
      }
      found.add(new ImportPart(importId, index, count, part));
    }
    return Optional.of(found);
  }

  void remove(String importId) throws Exception {
    removeIf(name -> name.startsWith(importId + BETWEEN));
  }

  void expire(long nowMs) throws Exception {
    List<String> old = new ArrayList<>();
    for (Map.Entry<String, Long> each : arrived.entries()) {
      if (each.getValue() + KEPT_MS <= nowMs) {
        old.add(each.getKey());
      }
    }
    removeIf(old::contains);
  }

  private void removeIf(Predicate<String> condition) throws Exception {
    List<String> names = new ArrayList<>();
    for (String name : arrived.keys()) {
      if (condition.test(name)) {
        names.add(name);
      }
    }
    for (String name : names) {
      parts.remove(name);
      arrived.remove(name);
    }
  }

  private static String name(String importId, int index) {
    return importId + BETWEEN + index;
  }
}
