package io.knhk.operators.types;

import io.knhk.knowledge.Ontologies;
import io.knhk.knowledge.Snapshot;
import io.knhk.knowledge.SnapshotCompiler;
import io.knhk.ledger.SigningKey;
import io.knhk.schemas.Topics;
import io.knhk.schemas.knowledge.CompiledProperty;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.CompiledSnapshotCodec;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.knowledge.DetectorParameters;
import io.knhk.schemas.observation.Datatype;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The bundled knowledge and what operators read, for their tests. */
public final class Samples {
  /** Midnight, so that it is the start of a bucket of any length. */
  public static final long T0 = 1_699_920_000_000L;

  private static final Map<String, Snapshot> BUNDLED = Ontologies.bundled();
  private static final byte[] NONE = {};

  private Samples() {}

  /** Encoded version 1 of every sector. */
  public static List<byte[]> genesis() {
    List<byte[]> encoded = new ArrayList<>();
    for (String sector : BUNDLED.keySet()) {
      encoded.add(CompiledSnapshotCodec.encode(genesis(sector)));
    }
    return encoded;
  }

  /** Version 1 of a sector. */
  public static CompiledSnapshot genesis(String sector) {
    return SnapshotCompiler.compile(sector, bundled(sector), 1, "", "", 0, Map.of());
  }

  /** The triples of version 1 of every sector. */
  public static Map<String, byte[]> triples() {
    Map<String, byte[]> triples = new HashMap<>();
    BUNDLED.forEach((sector, snapshot) -> triples.put(sector, snapshot.toNTriples()));
    return triples;
  }

  public static Snapshot bundled(String sector) {
    Snapshot snapshot = BUNDLED.get(sector);
    if (snapshot == null) {
      throw new IllegalArgumentException("expected a known sector: sector=" + sector);
    }
    return snapshot;
  }

  /** The version after {@code head}, which says the same. */
  public static CompiledSnapshot following(CompiledSnapshot head) {
    return following(head, type -> type);
  }

  /** The version after {@code head}, with its types changed. */
  public static CompiledSnapshot following(
      CompiledSnapshot head, UnaryOperator<CompiledType> change) {
    long version = head.version() + 1;
    return new CompiledSnapshot(
        head.sector(),
        version,
        String.format("%064x", version),
        head.snapshotId(),
        "",
        0,
        head.types().stream().map(change).toList(),
        head.touched());
  }

  /** The version after {@code head}, in which an event type may have one more attribute. */
  public static CompiledSnapshot withAttribute(
      CompiledSnapshot head, String eventType, String attribute, Datatype datatype) {
    return following(
        head,
        type -> {
          if (!type.name().equals(eventType)) {
            return type;
          }
          List<CompiledProperty> properties = new ArrayList<>(type.properties());
          properties.add(
              new CompiledProperty(
                  attribute,
                  datatype,
                  false,
                  Double.NEGATIVE_INFINITY,
                  Double.POSITIVE_INFINITY,
                  List.of()));
          return new CompiledType(
              type.name(),
              type.decimals(),
              type.watchEachSubject(),
              type.valueMin(),
              type.valueMax(),
              properties,
              type.detectors());
        });
  }

  /** The version after {@code head}, in which an event type is watched otherwise. */
  public static CompiledSnapshot withDetectors(
      CompiledSnapshot head, String eventType, DetectorParameters detectors) {
    return following(
        head,
        type ->
            type.name().equals(eventType)
                ? new CompiledType(
                    type.name(),
                    type.decimals(),
                    type.watchEachSubject(),
                    type.valueMin(),
                    type.valueMax(),
                    type.properties(),
                    detectors)
                : type);
  }

  /** A key of the given folder, as an operator reads it. */
  public static Path keyFile(Path folder, SigningKey key) throws IOException {
    Path file = folder.resolve(key.publicKey().keyId() + ".pem");
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, key.toPem(), StandardCharsets.US_ASCII);
    return file;
  }

  public static SigningKey newKey() {
    return SigningKey.generate(new SecureRandom());
  }

  /** A record of the observations topic without key and headers. */
  public static RawRecord observed(int partition, long offset, long recordedAtMs, byte[] value) {
    return new RawRecord(
        Topics.OBSERVATIONS,
        partition,
        offset,
        recordedAtMs,
        false,
        NONE,
        new String[0],
        new byte[0][],
        true,
        value);
  }

  /** A record of any topic with a key. */
  public static RawRecord keyed(
      String topic, long offset, long recordedAtMs, String key, byte[] value) {
    return new RawRecord(
        topic,
        0,
        offset,
        recordedAtMs,
        true,
        key.getBytes(StandardCharsets.UTF_8),
        new String[0],
        new byte[0][],
        true,
        value);
  }
}
