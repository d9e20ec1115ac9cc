package io.knhk.operators.execute;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.knowledge.Witness;
import io.knhk.ledger.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WitnessEvidenceTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "\u20ac",
        "\ud83d\ude80",
        "\u0001",
        "\"",
        "\ud83d",
        "\ude80",
        "x\ud83d\ude80"
      })
  void shouldFitIntoTheEvidenceWhenEveryWitnessIsAsLongAsItMayBe(String of) throws Exception {
    String text = of.repeat(Witness.CHARS_MAX);
    ObjectNode stage = stage(Collections.nCopies(8, new Witness(text, text, text)));

    byte[] canonical = CanonicalJson.bytes(stage);
    assertThat(canonical.length).isLessThanOrEqualTo(WitnessEvidence.BYTES_MAX + 64);
    assertThat(CanonicalJson.canonicalise(canonical)).isEqualTo(canonical);
    assertThat(stage.get("witnesses").size()).isGreaterThanOrEqualTo(3);
    assertThat(stage.get("witnesses").size() + stage.path("witnessesLeftOut").asInt()).isEqualTo(8);
    for (JsonNode witness : stage.get("witnesses")) {
      for (String part : List.of("focusNode", "path", "message")) {
        assertThat(CanonicalJson.bytes(witness.get(part)).length - 2)
            .isLessThanOrEqualTo(WitnessEvidence.TEXT_BYTES_MAX);
      }
    }
  }

  @Test
  void shouldSayEverythingWhenTheWitnessesAreShort() {
    ObjectNode stage = stage(List.of(new Witness("urn:a", "urn:p", "expected \u20ac")));

    assertThat(stage.toString())
        .isEqualTo(
            "{\"witnesses\":[{\"focusNode\":\"urn:a\",\"path\":\"urn:p\",\"message\":\"expected"
                + " \u20ac\"}]}");
  }

  @Test
  void shouldCutBetweenCodePointsWhenATextIsTooLong() {
    String rocket = "\ud83d\ude80";
    ObjectNode stage = stage(List.of(new Witness("", "", "ab" + rocket.repeat(256))));

    String message = stage.get("witnesses").get(0).get("message").textValue();
    // The witness itself has cut its 512 characters within a pair, before its own dots.
    assertThat(message).startsWith("ab" + rocket).endsWith("...");
    assertThat(message.getBytes(StandardCharsets.UTF_8).length)
        .isBetween(WitnessEvidence.TEXT_BYTES_MAX - 8, WitnessEvidence.TEXT_BYTES_MAX);
    assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(message)).isTrue();
  }

  private static ObjectNode stage(List<Witness> witnesses) {
    ObjectNode stage = JsonNodeFactory.instance.objectNode();
    WitnessEvidence.addTo(stage, witnesses);
    return stage;
  }
}
