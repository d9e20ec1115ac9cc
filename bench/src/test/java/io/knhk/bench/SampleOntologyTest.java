package io.knhk.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.knowledge.Candidate;
import io.knhk.knowledge.Validation;
import io.knhk.knowledge.ValidationPipeline;
import io.knhk.schemas.knowledge.Delta;
import org.apache.jena.graph.Graph;
import org.apache.jena.shacl.ShaclValidator;
import org.apache.jena.shacl.Shapes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampleOntologyTest {
  @ParameterizedTest
  @ValueSource(ints = {3_000, 10_000})
  void shouldConformAndHaveTheSizeWhenMade(int triples) {
    SampleOntology ontology = SampleOntology.of(triples);
    assertThat(ontology.head().size()).isBetween(triples - 6, triples);
    Graph graph = ontology.graph();
    assertThat(graph.size()).isEqualTo(ontology.head().size());
    assertThat(ShaclValidator.get().validate(Shapes.parse(graph), graph).getEntries()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 100})
  void shouldPassAllStagesAndAffectTheSameWhateverTheOntologyWhenChanged(int size) {
    for (int triples : new int[] {3_000, 10_000}) {
      SampleOntology ontology = SampleOntology.of(triples);
      Delta delta = ontology.delta(size, 3);
      assertThat(delta.size()).isEqualTo(size);
      Candidate candidate = ontology.candidate(delta);
      Validation validation = ValidationPipeline.bundled().validate(candidate);
      assertThat(validation.failure()).isEmpty();
      assertThat(validation.stages().get(0).figures().get("focusNodes"))
          .isBetween(size / 5L, 2L * size);
    }
  }
}
