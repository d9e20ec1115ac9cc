package io.knhk.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.knowledge.check.ObservationCheck;
import io.knhk.schemas.detection.Mismatch;
import io.knhk.schemas.detection.MismatchKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Real streams conform. The fixtures hold the extremes, the beginning and the middle of the Numenta
 * Anomaly Benchmark's files (licence beside them), so that what holds for them holds for the whole.
 */
class NabRangesTest {
  @ParameterizedTest
  @CsvSource({
    "manufacturing,machine.temperature",
    "manufacturing,ambient.temperature",
    "logistics,taxi.demand",
    "logistics,traffic.travel_time",
    "logistics,traffic.speed"
  })
  void shouldConformWhenAStreamIsReal(String sector, String eventType) throws IOException {
    assertThat(mismatches(sector, eventType)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource("logistics,traffic.occupancy")
  void shouldBeUnknownWhenTheLoopIsToLearnIt(String sector, String eventType) throws IOException {
    assertThat(mismatches(sector, eventType))
        .isNotEmpty()
        .extracting(Mismatch::kind)
        .containsOnly(MismatchKind.UNKNOWN_EVENT_TYPE);
  }

  private static List<Mismatch> mismatches(String sector, String eventType) throws IOException {
    ObservationCheck check = ObservationCheck.of(Bundled.compiled(sector, Bundled.of(sector), 1));
    List<Mismatch> out = new ArrayList<>();
    List<Double> values = values(eventType);
    assertThat(values).hasSizeGreaterThan(10);
    for (double value : values) {
      check.check(Patterns.observation(sector, eventType, value), out);
    }
    return out;
  }

  private static List<Double> values(String eventType) throws IOException {
    try (InputStream in = NabRangesTest.class.getResourceAsStream("/nab/" + eventType + ".csv")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .skip(1)
          .map(line -> Double.parseDouble(line.substring(line.indexOf(',') + 1)))
          .toList();
    }
  }
}
