package io.knhk.operators.analyze;

import static io.knhk.operators.types.Samples.T0;
import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.operators.types.ControlUpdate;
import io.knhk.operators.types.Lanes;
import io.knhk.operators.types.Rescaling;
import io.knhk.operators.types.Samples;
import io.knhk.operators.types.StateContents;
import io.knhk.schemas.Sectors;
import io.knhk.schemas.Topics;
import io.knhk.schemas.detection.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Both operators: subjects by (sector, lane), types by (sector, type). */
@SuppressWarnings("try") // Harnesses close with any exception.
class AnalyzeRescaleHarnessTest {
  private static final AnalyzeOptions OPTIONS =
      new AnalyzeOptions(Topics.OBSERVATIONS, 1_000_000, 1_000);
  private static final long HOUR_MS = 3_600_000;

  /** A type of each sector that watches each subject. */
  private static final Map<String, String> WATCHED =
      Map.of(
          "finance", "payment.authorised",
          "healthcare", "vital.heart_rate",
          "energy", "meter.reading");

  @Test
  void shouldGoOnTheSameWhenOneBecomesFourBecomesOne() throws Exception {
    Analysis.State one;
    try (Analysis analysis = new Analysis(null)) {
      analysis.control(ControlUpdate.snapshot(Samples.following(Samples.genesis("energy")), T0));
      seeAll(analysis, T0, false);
      for (String sector : Sectors.ALL) {
        analysis.progress(sector, T0, T0, T0);
      }
      analysis.barrier();
      one = analysis.state();
      assertHoldsAll(StateContents.of(analysis.subjects), WATCHED.size() * Lanes.COUNT);
      assertHoldsAll(StateContents.of(analysis.types), WATCHED.size());
    }

    Analysis.State back =
        new Analysis.State(
            Rescaling.oneFourOne(
                one.subjects(), (state, of, at) -> Analysis.subjects(OPTIONS, state, of, at)),
            Rescaling.oneFourOne(
                one.types(), (state, of, at) -> Analysis.types(OPTIONS, state, of, at)));

    assertThat(goOn(back)).isEqualTo(goOn(one)).isNotEmpty();
  }

  private static void assertHoldsAll(StateContents contents, int keys) {
    assertThat(contents.keyed()).hasSize(keys);
    assertThat(contents.broadcast()).hasSize(2 * Sectors.ALL.size());
  }

  /** Errors in every lane, until the hour is over. */
  private static List<Pattern> goOn(Analysis.State state) throws Exception {
    try (Analysis analysis = new Analysis(state)) {
      for (int i = 0; i < 30; i++) {
        seeAll(analysis, T0 + 1 + i, true);
      }
      for (String sector : Sectors.ALL) {
        analysis.progress(sector, T0 + 2 * HOUR_MS, T0 + 2 * HOUR_MS, T0 + 1);
      }
      return analysis.barrier();
    }
  }

  /** One observation of each watched type in each lane. */
  private static void seeAll(Analysis analysis, long timeMs, boolean error) throws Exception {
    long offset = timeMs - T0;
    for (Map.Entry<String, String> type : new TreeMap<>(WATCHED).entrySet()) {
      for (String subject : subjectOfEachLane()) {
        analysis.see(
            Analysis.observation(
                type.getKey(),
                type.getValue(),
                subject,
                timeMs,
                error,
                offset,
                0,
                type.getKey().equals("energy") ? 2 : 1,
                List.of()));
      }
    }
  }

  private static List<String> subjectOfEachLane() {
    List<String> subjects = new ArrayList<>();
    for (int i = 0; subjects.size() < Lanes.COUNT; i++) {
      if (Lanes.of("subject-" + i) == subjects.size()) {
        subjects.add("subject-" + i);
      }
    }
    return subjects;
  }
}
