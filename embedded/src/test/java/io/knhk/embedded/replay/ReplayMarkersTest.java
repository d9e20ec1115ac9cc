package io.knhk.embedded.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.schemas.observation.ObservationLimits;
import org.junit.jupiter.api.Test;

final class ReplayMarkersTest {
  private static final long NOW_MS = 1_000_000;

  private final ReplayMarkers markers = new ReplayMarkers();

  @Test
  void shouldSayHowFarEachSourceCameAndIntoWhichPartitions() {
    markers.saw(record("energy", "a", 50), 3, NOW_MS);
    markers.saw(record("energy", "a", 40), 1, NOW_MS);
    markers.saw(record("finance", "a", 10), 1, NOW_MS);

    assertThat(markers.ends())
        .containsExactly(
            new ReplayMarkers.End("energy", "a", 50, 1),
            new ReplayMarkers.End("energy", "a", 50, 3),
            new ReplayMarkers.End("finance", "a", 10, 1));
  }

  @Test
  void shouldNotBeCarriedAwayWhenAnObservationIsFromTheFuture() {
    markers.saw(record("energy", "a", 50), 0, NOW_MS);
    markers.saw(record("energy", "a", NOW_MS + 60_000), 0, NOW_MS);
    markers.saw(record("energy", "a", NOW_MS + 60_001), 0, NOW_MS);

    assertThat(markers.ends())
        .containsExactly(new ReplayMarkers.End("energy", "a", NOW_MS + 60_000, 0));
  }

  @Test
  void shouldCountWhatGetsNoMarkerWhenThereAreTooManySources() {
    for (int i = 0; i <= ReplayMarkers.SOURCES_MAX; i++) {
      markers.saw(record("energy", "s" + i, 1), 0, NOW_MS);
    }
    markers.saw(record("energy", "s0", 2), 0, NOW_MS);

    assertThat(markers.ends()).hasSize(ReplayMarkers.SOURCES_MAX);
    assertThat(markers.withoutMarker()).isEqualTo(1);
  }

  @Test
  void shouldNotMarkFurtherThanTheLoopAcceptsWhenTheDataIsFromNow() {
    long hourMs = 3_600_000;
    ReplayMarkers.End old = new ReplayMarkers.End("energy", "a", 50, 0);
    ReplayMarkers.End fresh = new ReplayMarkers.End("energy", "a", NOW_MS + 60_000, 0);

    assertThat(old.markerMs(hourMs, NOW_MS)).isEqualTo(50 + hourMs);
    assertThat(fresh.markerMs(hourMs, NOW_MS)).isEqualTo(NOW_MS + hourMs);
    assertThat(fresh.markerMs(Long.MAX_VALUE / 2, NOW_MS)).isEqualTo(NOW_MS + hourMs);
    assertThat(fresh.markerMs(hourMs, NOW_MS) - NOW_MS)
        .isLessThanOrEqualTo(ObservationLimits.MARKER_AHEAD_MS_MAX);
  }

  private static ReplayRecord record(String sector, String source, long timeMs) {
    return new ReplayRecord(sector, 0, timeMs, source, sector, source, new byte[0], false);
  }
}
