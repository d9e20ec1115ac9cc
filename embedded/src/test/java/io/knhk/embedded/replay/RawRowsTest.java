package io.knhk.embedded.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.embedded.StackException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RawRowsTest {
  @TempDir Path folder;

  @Test
  void shouldGiveRowsWithoutLineEndsAndPassOverBlankOnes() throws IOException {
    assertThat(rows("a,b\r\n1,2\n\n \t\r\n3,4", true)).containsExactly("a,b", "1,2", "3,4");
    assertThat(rows("", true)).isEmpty();
    assertThat(rows("\n\n", true)).isEmpty();
  }

  @Test
  void shouldKeepLinesTogetherWhenTheyAreInsideQuotes() throws IOException {
    assertThat(rows("1,\"a\nb\"\n2,\"c \"\"d\"\"\n\"\n3,\"\"\n4", true))
        .containsExactly("1,\"a\nb\"", "2,\"c \"\"d\"\"\n\"", "3,\"\"", "4");
  }

  @Test
  void shouldTakeAQuoteForACharacterWhenItIsInsideAPlainCell() throws IOException {
    assertThat(rows("1,5\" pipe\n2,a\"\"b\n3,x", true))
        .containsExactly("1,5\" pipe", "2,a\"\"b", "3,x");
  }

  @Test
  void shouldEndRowsAtEveryLineWhenItIsNoCsv() throws IOException {
    assertThat(rows("\"a\nb\"\n", false)).containsExactly("\"a", "b\"");
  }

  @Test
  void shouldTakeTheLongestRowAndRefuseALongerOneNamingItsLine() throws IOException {
    String longest = "x".repeat(RawRows.ROW_BYTES_MAX);

    assertThat(rows("a\n" + longest + "\nb", true)).containsExactly("a", longest, "b");
    assertThatThrownBy(() -> rows("a\nb\n\"" + longest + "\nc", true))
        .isInstanceOfSatisfying(
            StackException.class, e -> assertThat(e.code()).isEqualTo(StackException.REPLAY_FILE))
        .hasMessageContaining("line=3");
  }

  private List<String> rows(String text, boolean csv) throws IOException {
    Path file = Files.writeString(folder.resolve("rows"), text);
    List<String> rows = new ArrayList<>();
    try (RawRows raw = RawRows.open(file, csv)) {
      for (byte[] row = raw.next(); row != null; row = raw.next()) {
        rows.add(new String(row, StandardCharsets.UTF_8));
      }
    }
    return rows;
  }
}
