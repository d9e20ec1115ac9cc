package io.knhk.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knhk.knowledge.check.ObservationCheck;
import io.knhk.schemas.detection.Mismatch;
import io.knhk.schemas.observation.Decoded;
import io.knhk.schemas.observation.Observation;
import io.knhk.schemas.observation.ObservationCodec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What monitor does for each observation, beside Jackson's reading of the same bytes into a tree.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CheckBenchmark {
  private static final ObjectMapper JACKSON = new ObjectMapper();

  private final Observation payment = SamplePayment.observation();
  private final byte[] json = ObservationCodec.encodeStructured(payment, payment.source());
  private final long recordedAtMs = payment.timeMs();
  private final ObservationCheck check = SamplePayment.check();
  private final List<Mismatch> mismatches = new ArrayList<>();

  /** Decodes and validates a whole CloudEvents event. */
  @Benchmark
  public Decoded decode() {
    return ObservationCodec.decode(json, recordedAtMs);
  }

  /** Checks a payment with four attributes that conforms. */
  @Benchmark
  public List<Mismatch> check() {
    check.check(payment, mismatches);
    return mismatches;
  }

  @Benchmark
  public JsonNode readTree() throws IOException {
    return JACKSON.readTree(json);
  }
}
