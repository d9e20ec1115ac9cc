package io.knhk.bench;

import io.knhk.knowledge.Ontologies;
import io.knhk.knowledge.Snapshot;
import io.knhk.knowledge.SnapshotCompiler;
import io.knhk.knowledge.check.ObservationCheck;
import io.knhk.schemas.knowledge.CompiledProperty;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.observation.Attribute;
import io.knhk.schemas.observation.Datatype;
import io.knhk.schemas.observation.Observation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A payment with four attributes, and the finance sector as it knows all four of them. */
final class SamplePayment {
  private static final String SECTOR = "finance";
  private static final String TYPE = "payment.authorised";
  private static final String LEARNT = "risk_score";

  private SamplePayment() {}

  static Observation observation() {
    return new Observation(
        SECTOR,
        "urn:bench:payments",
        "0001735689600000",
        1_735_689_600_000L,
        "account-4711",
        TYPE,
        12.5,
        false,
        List.of(
            Attribute.ofText("currency", "EUR"),
            Attribute.ofText("merchant_category", "grocery"),
            Attribute.ofText("channel", "pos"),
            Attribute.ofNumber(LEARNT, "0.2", 0.2, false)));
  }

  /** The bundled snapshot, and the property that the loop learns from the bundled data. */
  static ObservationCheck check() {
    Snapshot bundled = Objects.requireNonNull(Ontologies.bundled().get(SECTOR));
    CompiledSnapshot compiled = SnapshotCompiler.compile(SECTOR, bundled, 1, "", "", 0, Map.of());
    List<CompiledType> types = new ArrayList<>();
    for (CompiledType type : compiled.types()) {
      types.add(type.name().equals(TYPE) ? withLearnt(type) : type);
    }
    return ObservationCheck.of(
        new CompiledSnapshot(
            SECTOR, compiled.version(), compiled.snapshotId(), "", "", 0, types, Map.of()));
  }

  private static CompiledType withLearnt(CompiledType type) {
    List<CompiledProperty> properties = new ArrayList<>(type.properties());
    properties.add(
        new CompiledProperty(
            LEARNT,
            Datatype.DECIMAL,
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
  }
}
