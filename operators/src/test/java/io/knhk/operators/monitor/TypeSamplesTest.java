package io.knhk.operators.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.operators.types.RawRecord;
import io.knhk.operators.types.Samples;
import io.knhk.operators.types.TypeSample;
import io.knhk.schemas.observation.Observation;
import io.knhk.schemas.observation.SampledObservation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TypeSamplesTest {
  private final TypeSamples samples = new TypeSamples();
  private long offset;

  @Test
  void shouldCountAllAndKeepTheLatestOfEachKindWhenManyCome() {
    for (int i = 0; i < 100; i++) {
      add("finance", "payment", i % 10 != 0, 10);
    }

    TypeSample sample = taken().get(0);

    assertThat(sample.checked()).isEqualTo(100);
    assertThat(sample.nonConforming()).isEqualTo(10);
    assertThat(sample.recordedAtMs()).isEqualTo(Samples.T0 + 99);
    assertThat(sample.examples())
        .extracting(SampledObservation::offset)
        .containsExactly(60L, 70L, 80L, 90L, 96L, 97L, 98L, 99L);
    assertThat(sample.examples())
        .extracting(SampledObservation::conforms)
        .containsExactly(false, false, false, false, true, true, true, true);
  }

  @Test
  void shouldCountButNotKeepWhenARecordIsLarge() {
    add("finance", "payment", true, TypeSamples.EXAMPLE_BYTES_MAX);
    add("finance", "payment", true, TypeSamples.EXAMPLE_BYTES_MAX + 1);

    TypeSample sample = taken().get(0);

    assertThat(sample.checked()).isEqualTo(2);
    assertThat(sample.examples()).extracting(SampledObservation::offset).containsExactly(0L);
  }

  @Test
  void shouldSampleOtherTypesNoMoreWhenThereAreTooMany() {
    for (int i = 0; i <= TypeSamples.TYPES_MAX; i++) {
      add("finance", "type-" + i, true, 10);
    }
    add("energy", "reading", true, 10);

    List<TypeSample> taken = taken();

    assertThat(taken).hasSize(TypeSamples.TYPES_MAX + 1);
    assertThat(taken)
        .extracting(TypeSample::eventType)
        .doesNotContain("type-" + TypeSamples.TYPES_MAX);
  }

  @Test
  void shouldBeginAnewWhenTaken() {
    add("finance", "payment", true, 10);
    assertThat(taken()).hasSize(1);

    assertThat(taken()).isEmpty();
  }

  private void add(String sector, String eventType, boolean conforms, int bytes) {
    RawRecord record = Samples.observed(0, offset, Samples.T0 + offset, new byte[bytes]);
    offset++;
    samples.add(
        record,
        new Observation(sector, "urn:a", "id", Samples.T0, "s", eventType, 1, false, List.of()),
        conforms,
        1);
  }

  private List<TypeSample> taken() {
    List<TypeSample> taken = new ArrayList<>();
    samples.takeAll(taken::add);
    return taken;
  }
}
