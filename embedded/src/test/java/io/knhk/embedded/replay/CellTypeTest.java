package io.knhk.embedded.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knhk.schemas.observation.Datatype;
import java.io.IOException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CellTypeTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @CsvSource({
    "0, INTEGER",
    "-0, INTEGER",
    "42, INTEGER",
    "-7, INTEGER",
    "0.5, DECIMAL",
    "-1.25e-3, DECIMAL",
    "1E9, DECIMAL",
    "1e+9, DECIMAL",
    "true, BOOLEAN",
    "false, BOOLEAN",
    "TRUE, STRING",
    "007, STRING",
    "-, STRING",
    "1., STRING",
    ".5, STRING",
    "1e, STRING",
    "1e+, STRING",
    "+1, STRING",
    "0x10, STRING",
    "NaN, STRING",
    "1 2, STRING",
    "1.2.3, STRING",
    "12:30, STRING"
  })
  void shouldGiveTheNarrowestTypeWhenACellIsRead(String text, Datatype expected) {
    assertThat(CellType.of(text)).isEqualTo(expected);
  }

  @Property
  void shouldCallANumberExactlyWhatJsonCallsOne(@ForAll("numberLike") String text)
      throws IOException {
    assertThat(CellType.isNumber(text)).isEqualTo(jsonNumber(text));
  }

  @Provide
  Arbitrary<String> numberLike() {
    return Arbitraries.strings().withChars("0123456789-+.eE").ofMinLength(1).ofMaxLength(7);
  }

  private static boolean jsonNumber(String text) throws IOException {
    try {
      var node = JSON.readTree("[" + text + "]");
      return node.size() == 1 && node.get(0).isNumber();
    } catch (JsonProcessingException e) {
      return false;
    }
  }
}
