package io.knhk.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

final class SubjectsTest {
  @Test
  void shouldNotDependOnOrderOrLayoutWhenNamingContent() throws Exception {
    ObjectMapper mapper = new ObjectMapper();

    assertThat(Subjects.ofContent(mapper.readTree("{ \"b\": 1.0, \"a\": [] }")))
        .isEqualTo(Subjects.ofContent(mapper.readTree("{\"a\":[],\"b\":1}")))
        // printf '{"a":[],"b":1}' | sha256sum
        .isEqualTo("1c8f8816506a8ccbc55140d8a7bb70214a8942c7030fc0fc2914cec675cd1c15");
  }

  @Test
  void shouldJoinThePartsWhenNamingARun() {
    assertThat(Subjects.run("knhk.observations.v1", 3, "finance", 9_007_199_254L))
        .isEqualTo("knhk.observations.v1/3/finance/9007199254");
  }

  @Test
  void shouldRefuseWhenARunCouldBeTakenForAnother() {
    assertThatIllegalArgumentException().isThrownBy(() -> Subjects.run("a/b", 0, "finance", 0));
    assertThatIllegalArgumentException().isThrownBy(() -> Subjects.run("a", 0, "fin/ance", 0));
    assertThatIllegalArgumentException().isThrownBy(() -> Subjects.run("", 0, "finance", 0));
    assertThatIllegalArgumentException().isThrownBy(() -> Subjects.run("a", -1, "finance", 0));
    assertThatIllegalArgumentException().isThrownBy(() -> Subjects.run("a", 0, "finance", -1));
  }
}
