package io.knhk.operators.types;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.schemas.detection.BucketStats;
import io.knhk.schemas.detection.Mismatch;
import io.knhk.schemas.detection.MismatchKind;
import io.knhk.schemas.detection.MismatchTally;
import io.knhk.schemas.detection.Pattern;
import io.knhk.schemas.detection.PatternKind;
import io.knhk.schemas.observation.Datatype;
import io.knhk.schemas.receipt.Operation;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What crosses an edge is a POJO to Flink and comes back as it was. */
class TypesTest {
  private static final RawRecord RAW =
      new RawRecord(
          "topic",
          3,
          42,
          1_000,
          true,
          new byte[] {1},
          new String[] {"a", "a", ""},
          new byte[][] {{2}, {}, {3, 4}},
          true,
          new byte[] {5, 6});
  private static final RawRecord TOMBSTONE =
      new RawRecord(
          "topic", 0, 0, -1, false, new byte[0], new String[0], new byte[0][], false, new byte[0]);
  private static final Mismatch MISMATCH =
      new Mismatch(MismatchKind.UNKNOWN_ATTRIBUTE, "risk_score", Datatype.DECIMAL, Double.NaN);

  static Stream<Object> records() {
    return Stream.of(
        RAW,
        TOMBSTONE,
        new CheckedObservation(
            "finance", 7, "e", "s", "urn:s", -1, -0.0, true, 5, 0, 9, 8, 2, List.of(MISMATCH)),
        new CheckedObservation(
            "finance", 0, "e", "s", "urn:s", 1, 1e300, false, 5, 0, 9, 8, 2, List.of()),
        ControlUpdate.tick(Long.MAX_VALUE),
        ControlUpdate.progress("energy", "urn:s", Long.MIN_VALUE, Long.MIN_VALUE, 1),
        ControlUpdate.snapshot(Samples.genesis("energy"), 7),
        new DeadLetter(RAW, "TOO_LARGE", "expected", ""),
        new OutboundMessage("topic", "key", "type", new byte[] {0, -1}),
        SectorSignal.tick("finance", 5),
        SectorSignal.acknowledged("finance", 3, "ab".repeat(32), "monitor", 1, 2),
        new TypePartial(
            "finance",
            "e",
            "urn:s",
            4,
            List.of(BucketStats.empty(0, 1_000, 2).with(-3.25, true), BucketStats.empty(1, 1, 0)),
            List.of(MismatchTally.of(MISMATCH, 1, 2)),
            9,
            10,
            List.of("t/0/finance/1", "t/0/finance/2")),
        pattern(),
        new ReceiptDraft(
            "finance",
            Operation.PatternDetected,
            Long.MIN_VALUE,
            2,
            "detected",
            "subject",
            "",
            List.of("a", "b"),
            "{\"é\":1}"));
  }

  static Stream<OutputTag<?>> sideOutputs() {
    return Stream.of(
        Edges.RECEIPTS, Edges.DEAD_LETTERS, Edges.PROGRESS, Edges.ACKNOWLEDGEMENTS, Edges.PATTERNS);
  }

  @ParameterizedTest
  @MethodSource("records")
  void shouldComeBackTheSameWhenRecordCrossesAnEdge(Object record) throws IOException {
    Object copy = copy(record);

    assertThat(copy).isNotSameAs(record);
    assertThat(copy)
        .usingRecursiveComparison()
        .withEqualsForType(Double::equals, Double.class) // NaN is itself, and 0 is not -0
        .isEqualTo(record);
  }

  @ParameterizedTest
  @MethodSource("records")
  void shouldBePojoWhenRecordCrossesAnEdge(Object record) {
    assertThat(TypeInformation.of(record.getClass())).isInstanceOf(PojoTypeInfo.class);
  }

  @ParameterizedTest
  @MethodSource("sideOutputs")
  void shouldBePojoWhenRecordLeavesByASideOutput(OutputTag<?> tag) {
    assertThat(tag.getTypeInfo()).isInstanceOf(PojoTypeInfo.class);
  }

  private static Object copy(Object record) throws IOException {
    Configuration strict = new Configuration();
    strict.set(PipelineOptions.GENERIC_TYPES, false);
    @SuppressWarnings("unchecked")
    TypeSerializer<Object> serializer =
        (TypeSerializer<Object>)
            TypeInformation.of(record.getClass())
                .createSerializer(new SerializerConfigImpl(strict));
    DataOutputSerializer out = new DataOutputSerializer(256);
    serializer.serialize(record, out);
    return serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
  }

  private static Pattern pattern() {
    return new Pattern(
        "ab".repeat(32),
        "finance",
        PatternKind.SCHEMA_MISMATCH,
        "e",
        "",
        "e#a",
        "urn:s",
        0,
        1,
        0.5,
        2,
        Double.NaN,
        3,
        "UNKNOWN_ATTRIBUTE",
        "a",
        Datatype.BOOLEAN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        1,
        2,
        3,
        4,
        "cd".repeat(32),
        List.of("run"),
        1,
        "ef".repeat(32));
  }
}
