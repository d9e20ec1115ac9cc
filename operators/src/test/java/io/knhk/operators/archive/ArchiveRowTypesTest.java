package io.knhk.operators.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.operators.types.RawRecord;
import java.io.IOException;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveRowTypesTest {
  private static final RecordPosition AT = new RecordPosition("topic", 3, 42);

  @ParameterizedTest
  @ValueSource(
      classes = {
        RawRecord.class,
        ArchiveRow.class,
        ReceiptRow.class,
        SnapshotRow.class,
        DeadLetterRow.class,
        QuarantineRow.class,
        KnowledgeRow.class,
        RecordPosition.class
      })
  void shouldNeedNoGenericTypeWhenRecordCrossesAnEdge(Class<?> type) {
    TypeInformation<?> information = TypeInformation.of(type);

    assertThat(information).isInstanceOf(PojoTypeInfo.class);
    assertThat(serializer(information)).isNotNull();
  }

  @Test
  void shouldComeBackTheSameWhenOptionalPartsAreMissing() throws IOException {
    QuarantineRow quarantine =
        new QuarantineRow(
            AT, "log", "finance", null, RefusalReason.MALFORMED, null, new byte[] {1});
    DeadLetterRow deadLetter = new DeadLetterRow(AT, AT, "r", "d", "", 7, "[]", null);

    assertThat(copy(ArchiveRow.of(deadLetter))).isEqualTo(ArchiveRow.of(deadLetter));
    assertThat(copy(ArchiveRow.of(quarantine)))
        .usingRecursiveComparison()
        .isEqualTo(ArchiveRow.of(quarantine));
  }

  @Test
  void shouldComeBackTheSameWhenReceiptIsWhole() throws IOException {
    ReceiptRow row =
        new ReceiptRow(
            AT,
            "id",
            "log",
            "finance",
            1,
            "op",
            2,
            3,
            "ok",
            "subject",
            "",
            new String[] {"a", "b"},
            "{}",
            "parent",
            "key",
            new byte[] {1, 2},
            new byte[] {3});

    assertThat(copy(ArchiveRow.of(row))).usingRecursiveComparison().isEqualTo(ArchiveRow.of(row));
  }

  @Test
  void shouldComeBackTheSameWhenADocumentIsWhole() throws IOException {
    KnowledgeRow row =
        new KnowledgeRow(
            AT, "log", "finance", "request", "id", 1, 2, "{}", "key", new byte[] {1}, new byte[2]);

    assertThat(copy(ArchiveRow.of(row))).usingRecursiveComparison().isEqualTo(ArchiveRow.of(row));
  }

  private static ArchiveRow copy(ArchiveRow row) throws IOException {
    TypeSerializer<ArchiveRow> serializer = serializer(TypeInformation.of(ArchiveRow.class));
    DataOutputSerializer out = new DataOutputSerializer(256);
    serializer.serialize(row, out);
    return serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
  }

  private static <T> TypeSerializer<T> serializer(TypeInformation<T> information) {
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    return information.createSerializer(new SerializerConfigImpl(configuration));
  }
}
