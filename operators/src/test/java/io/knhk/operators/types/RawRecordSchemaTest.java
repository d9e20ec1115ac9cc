package io.knhk.operators.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.runtime.throwable.ThrowableClassifier;
import org.apache.flink.runtime.throwable.ThrowableType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RawRecordSchemaTest {
  private static final byte[] VALUE = {(byte) 0xff, 0};

  @Test
  void shouldReadEveryByteWhenTheBrokerStampedTheRecord() {
    RawRecord read = read(record(TimestampType.LOG_APPEND_TIME, null, VALUE));

    assertThat(read.topic()).isEqualTo("knhk.control.v1");
    assertThat(read.partition()).isEqualTo(3);
    assertThat(read.offset()).isEqualTo(42);
    assertThat(read.recordedAtMs()).isEqualTo(1_000);
    assertThat(read.hasKey()).isFalse();
    assertThat(read.hasValue()).isTrue();
    assertThat(read.value()).isEqualTo(VALUE);
    assertThat(read.headerNames()).containsExactly("a", "b");
    assertThat(read.headerValues()[0]).isEqualTo(VALUE);
    assertThat(read.headerValues()[1]).isEmpty();
  }

  @Test
  void shouldReadATombstoneWhenThereIsNoValue() {
    RawRecord read = read(record(TimestampType.LOG_APPEND_TIME, VALUE, null));

    assertThat(read.hasKey()).isTrue();
    assertThat(read.hasValue()).isFalse();
    assertThat(read.value()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"CREATE_TIME", "NO_TIMESTAMP_TYPE"})
  void shouldFailForGoodWhenTheTopicIsWithoutLogAppendTime(TimestampType type) {
    assertThatThrownBy(() -> read(record(type, null, VALUE)))
        .satisfies(
            e ->
                assertThat(
                        ThrowableClassifier.findThrowableOfThrowableType(
                            new RuntimeException("as a source wraps it", e),
                            ThrowableType.NonRecoverableError))
                    .isEqualTo(Optional.of(e)))
        .cause()
        .hasMessageStartingWith(
            "KNHK-1204: expected message.timestamp.type=LogAppendTime: topic=knhk.control.v1,"
                + " found="
                + type.name)
        .hasMessageContaining("--add-config message.timestamp.type=LogAppendTime");
  }

  private static RawRecord read(ConsumerRecord<byte[], byte[]> record) {
    List<RawRecord> out = new ArrayList<>();
    new RawRecordSchema().deserialize(record, new ListCollector<>(out));
    assertThat(out).hasSize(1);
    return out.get(0);
  }

  @SuppressWarnings("NullAway") // Kafka has keys and values of null
  private static ConsumerRecord<byte[], byte[]> record(
      TimestampType type, byte @Nullable [] key, byte @Nullable [] value) {
    RecordHeaders headers = new RecordHeaders();
    headers.add("a", VALUE);
    headers.add("b", null);
    return new ConsumerRecord<>(
        "knhk.control.v1", 3, 42L, 1_000L, type, 0, 0, key, value, headers, Optional.empty());
  }
}
