package io.knhk.operators.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlTextTest {
  @Test
  void shouldReplaceNulWhenTextHoldsIt() {
    assertThat(SqlText.text("a\0b")).isEqualTo("a\ufffdb");
    assertThat(SqlText.text("plain")).isSameAs("plain");
  }

  @ParameterizedTest
  @CsvSource({
    "{\"a\":\"\\u0000\"},         {\"a\":\"\\ufffd\"}",
    "{\"a\":\"\\\\u0000\"},       {\"a\":\"\\\\u0000\"}",
    "{\"a\":\"\\\\\\u0000\"},     {\"a\":\"\\\\\\ufffd\"}",
    "{\"a\":\"\\u0000\\u0000\\n\"}, {\"a\":\"\\ufffd\\ufffd\\n\"}",
    "{\"a\":\"\\u0001\"},         {\"a\":\"\\u0001\"}"
  })
  void shouldReplaceOnlyTrueEscapesWhenJsonHoldsNul(String json, String expected) {
    assertThat(SqlText.json(json)).isEqualTo(expected);
  }

  @Test
  void shouldQuoteEveryElementWhenArrayIsWritten() {
    assertThat(SqlText.array(new String[0])).isEqualTo("{}");
    assertThat(SqlText.array(new String[] {"a", "", "NULL", "\"\\,{}"}))
        .isEqualTo("{\"a\",\"\",\"NULL\",\"\\\"\\\\,{}\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"08001", "08006", "57P01", "57P02", "57P03", "53300", "53100", "40001", "25006"})
  void shouldWaitWhenServerIsAwayOrShortOfSomething(String state) {
    assertThat(SqlStates.passesByWaiting(new SQLException("", state))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"28P01", "3D000", "42501", "42P01", "22021", "23514", "57014", "57P04", ""})
  void shouldNotWaitWhenTheErrorStays(String state) {
    assertThat(SqlStates.passesByWaiting(new SQLException("", state))).isFalse();
  }

  @Test
  void shouldNotWaitWhenThereIsNoState() {
    assertThat(SqlStates.passesByWaiting(new SQLException("no state"))).isFalse();
  }
}
