package io.knhk.bench;

import io.knhk.jobs.Checkpoints;
import io.knhk.schemas.Topics;
import io.knhk.schemas.observation.Decoded;
import io.knhk.schemas.observation.Observation;
import io.knhk.schemas.observation.ObservationCodec;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The peer: what somebody would write who wants nothing but a count per subject and window. It
 * reads the same topic with the same decoder, keeps its windows in the same kind of state, and
 * signs, checks and stores nothing.
 */
final class CountingJob {
  static final String NAME = "count per key and window";

  /** As long as the buckets of payments. */
  private static final Duration WINDOW = Duration.ofMinutes(30);

  private static final Duration DISORDER = Duration.ofMinutes(1);

  /** Observations that are in a window's count, in this process. */
  private static final AtomicLong COUNTED = new AtomicLong();

  private CountingJob() {}

  /** Observations that were counted into a window since the process started. */
  static long counted() {
    return COUNTED.get();
  }

  static StreamGraph graph(StreamExecutionEnvironment env, String bootstrapServers) {
    Checkpoints.configure(env);
    KafkaSource<Seen> source =
        KafkaSource.<Seen>builder()
            .setBootstrapServers(bootstrapServers)
            .setTopics(Topics.OBSERVATIONS)
            .setGroupId("knhk-bench-peer")
            .setStartingOffsets(OffsetsInitializer.earliest())
            .setProperty("isolation.level", "read_committed")
            .setDeserializer(new SeenSchema())
            .build();
    env.fromSource(
            source,
            WatermarkStrategy.<Seen>forBoundedOutOfOrderness(DISORDER)
                .withTimestampAssigner((seen, recordedAtMs) -> seen.timeMs()),
            "observations")
        .uid("observations")
        .keyBy(Seen::subject, Types.STRING)
        .window(TumblingEventTimeWindows.of(WINDOW))
        .aggregate(new Count(), Types.LONG, Types.LONG)
        .name("count")
        .uid("count")
        .sinkTo(new DiscardingSink<>())
        .name("discard")
        .uid("discard");
    StreamGraph graph = env.getStreamGraph();
    graph.setJobName(NAME);
    return graph;
  }

  /** What the count needs of an observation. Public, so that Flink serializes its fields. */
  public record Seen(String subject, long timeMs) {}

  private static final class SeenSchema implements KafkaRecordDeserializationSchema<Seen> {
    private static final long serialVersionUID = 1L;

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Seen> out) {
      if (ObservationCodec.decode(record.value(), record.timestamp())
          instanceof Decoded.Accepted accepted) {
        Observation observation = accepted.observation();
        out.collect(new Seen(observation.subject(), observation.timeMs()));
      }
    }

    @Override
    public TypeInformation<Seen> getProducedType() {
      return TypeInformation.of(Seen.class);
    }
  }

  private static final class Count implements AggregateFunction<Seen, Long, Long> {
    private static final long serialVersionUID = 1L;

    @Override
    public Long createAccumulator() {
      return 0L;
    }

    @Override
    public Long add(Seen seen, Long count) {
      COUNTED.incrementAndGet();
      return count + 1;
    }

    @Override
    public Long getResult(Long count) {
      return count;
    }

    @Override
    public Long merge(Long one, Long other) {
      return one + other;
    }
  }
}
