package io.knhk.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.knowledge.Ontologies;
import io.knhk.knowledge.SnapshotCompiler;
import io.knhk.knowledge.check.ObservationCheck;
import io.knhk.schemas.detection.Mismatch;
import io.knhk.schemas.observation.Decoded;
import io.knhk.schemas.observation.Observation;
import io.knhk.schemas.observation.ObservationCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WorkloadTest {
  private static final int COUNT = 20_000;

  @Test
  void shouldConformWhenCheckedAgainstTheBundledOntologies() {
    Map<String, ObservationCheck> checks = new HashMap<>();
    Ontologies.bundled()
        .forEach(
            (sector, snapshot) ->
                checks.put(
                    sector,
                    ObservationCheck.of(
                        SnapshotCompiler.compile(sector, snapshot, 1, "", "", 0, Map.of()))));
    Workload workload = new Workload(1_000);
    List<Mismatch> mismatches = new ArrayList<>();
    Set<String> sectors = new HashSet<>();
    Set<String> subjects = new HashSet<>();
    for (int i = 0; i < COUNT; i++) {
      Observation sent = workload.next();
      byte[] json = ObservationCodec.encodeStructured(sent, sent.source());
      assertThat(ObservationCodec.decode(json, sent.timeMs()))
          .isEqualTo(new Decoded.Accepted(sent));
      Objects.requireNonNull(checks.get(sent.sector())).check(sent, mismatches);
      sectors.add(sent.sector());
      subjects.add(sent.source() + sent.subject());
    }
    assertThat(mismatches).isEmpty();
    assertThat(sectors).isEqualTo(checks.keySet());
    assertThat(subjects).hasSize(1_000);
  }

  @Test
  void shouldAdvanceEachSourceInOrderWhenTheyTakeTurns() {
    Workload workload = new Workload(Workload.SOURCES);
    Map<String, Long> last = new HashMap<>();
    for (int i = 0; i < 100; i++) {
      Observation next = workload.next();
      Long before = last.put(next.source(), next.timeMs());
      if (before != null) {
        assertThat(next.timeMs()).isEqualTo(before + Workload.STEP_MS);
      }
    }
    assertThat(last).hasSize(Workload.SOURCES);
  }

  @Test
  void shouldBeTheSameWhenMadeAgain() {
    Workload one = new Workload(1_000);
    Workload other = new Workload(1_000);
    for (int i = 0; i < 100; i++) {
      assertThat(one.next()).isEqualTo(other.next());
    }
  }

  @Test
  void shouldRefuseWhenASourceWouldHaveNoSubject() {
    assertThatThrownBy(() -> new Workload(Workload.SOURCES - 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("keys=7, limit=8");
  }

  @Test
  void shouldConformWhenAPaymentHasWhatWasLearnt() {
    List<Mismatch> mismatches = new ArrayList<>();
    SamplePayment.check().check(SamplePayment.observation(), mismatches);
    assertThat(mismatches).isEmpty();
    assertThat(SamplePayment.observation().attributes()).hasSize(4);
  }

  @Test
  void shouldVerifyWhenTheSampleReceiptIsSigned() {
    SampleReceipt sample = new SampleReceipt();
    assertThat(sample.key().publicKey().verify(sample.message(), sample.signature())).isTrue();
    assertThat(new SignBenchmark().bare()).hasSize(64);
    VerifyBenchmark verify = new VerifyBenchmark();
    assertThat(verify.strict() && verify.bare() && verify.bareDecodedKey()).isTrue();
  }
}
