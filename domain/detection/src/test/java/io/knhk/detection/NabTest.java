package io.knhk.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.schemas.detection.BucketStats;
import io.knhk.schemas.detection.Finding;
import io.knhk.schemas.detection.PatternKind;
import io.knhk.schemas.knowledge.DetectorParameters;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Real labelled series of the Numenta Anomaly Benchmark: hourly buckets, a week remembered, one day
 * of warm-up.
 */
class NabTest {
  private static final long HOUR_MS = 3_600_000;
  private static final DetectorParameters WEEKLY =
      new DetectorParameters(HOUR_MS, 168, 24, 6, 0, 0, 0, 0, 6, 20);

  private record Window(long fromMs, long untilMs) {
    static Window of(String from, String until) {
      return new Window(ms(from), ms(until));
    }

    boolean touches(Finding finding) {
      return finding.windowEndMs() > fromMs && finding.windowStartMs() <= untilMs;
    }
  }

  @Test
  void shouldFindTheShutdownAndTheFailureOfTheMachineWhenJudgedByTheHour() throws IOException {
    List<Finding> drifts = drifts("machine_temperature_system_failure");
    Window shutdown = Window.of("2013-12-15T17:50", "2013-12-17T17:00");
    Window failure = Window.of("2014-02-07T14:55", "2014-02-09T14:05");
    Window before = Window.of("2013-12-10T06:25", "2013-12-12T05:35");
    Window subtle = Window.of("2014-01-27T14:20", "2014-01-29T13:30");
    assertThat(drifts).anyMatch(shutdown::touches);
    assertThat(drifts).anyMatch(failure::touches);
    List<Window> labelled = List.of(before, shutdown, subtle, failure);
    assertThat(drifts.stream().filter(f -> labelled.stream().noneMatch(w -> w.touches(f))))
        .as("outside of what is labelled, in 79 days")
        .hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void shouldReportLittleWhenDailyWavesAreNormal() throws IOException {
    assertThat(drifts("nyc_taxi")).hasSizeLessThanOrEqualTo(3);
    assertThat(drifts("ambient_temperature_system_failure")).hasSizeLessThanOrEqualTo(5);
  }

  private static List<Finding> drifts(String series) throws IOException {
    Key key = new Key(WEEKLY);
    for (String line : lines(series)) {
      String[] cells = line.split(",", -1);
      long timeMs = ms(cells[0].replace(' ', 'T'));
      BucketStats part =
          BucketStats.empty(BucketStats.startOf(timeMs, HOUR_MS), HOUR_MS, 6)
              .with(Double.parseDouble(cells[1]), false);
      key.judge(timeMs).merge(part);
    }
    key.judge(Long.MAX_VALUE / 2 / HOUR_MS * HOUR_MS);
    return key.found.stream().filter(f -> f.kind() == PatternKind.VALUE_DRIFT).toList();
  }

  private static List<String> lines(String series) throws IOException {
    try (InputStream in = NabTest.class.getResourceAsStream("/nab/" + series + ".csv")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().skip(1).toList();
    }
  }

  private static long ms(String time) {
    return LocalDateTime.parse(time).toInstant(ZoneOffset.UTC).toEpochMilli();
  }
}
