package io.knhk.schemas.knowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PromotedSnapshotCodecTest {
  private static final CompiledSnapshot SNAPSHOT =
      new CompiledSnapshot("finance", 1, "ab".repeat(32), "", "", 7, List.of(), Map.of());
  private static final String INSIDE =
      "{\"parentId\":\"\",\"promotedAtMs\":7,\"proposalId\":\"\",\"sector\":\"finance\",\"snapshotId\":\""
          + "ab".repeat(32)
          + "\",\"touched\":{},\"types\":[],\"version\":1}";
  private static final String GOLDEN = "{\"log\":\"knhk\",\"snapshot\":" + INSIDE + "}";

  @Test
  void shouldWriteTheGoldenBytesWhenEncoded() {
    PromotedSnapshot promoted = new PromotedSnapshot("knhk", SNAPSHOT);

    assertThat(new String(PromotedSnapshotCodec.encode(promoted), StandardCharsets.UTF_8))
        .isEqualTo(GOLDEN);
    assertThat(PromotedSnapshotCodec.decode(bytes(GOLDEN))).isEqualTo(promoted);
  }

  @Test
  void shouldComeBackWhenTheLogsNameIsAsLongAsItMayBe() {
    for (String character : List.of("k", "\u20ac", "\u0001", "\"")) {
      PromotedSnapshot promoted =
          new PromotedSnapshot(character.repeat(PromotedSnapshot.LOG_CHARS_MAX), SNAPSHOT);

      assertThat(PromotedSnapshotCodec.decode(PromotedSnapshotCodec.encode(promoted)))
          .isEqualTo(promoted);
    }
  }

  @Test
  void shouldRefuseWhenTheBytesAreAnyOthers() {
    for (String bad :
        List.of(
            "",
            "{}",
            "[]",
            INSIDE,
            GOLDEN + " ",
            GOLDEN.replace("{\"log\"", "{ \"log\""),
            GOLDEN.replace("\"knhk\"", "\"\""),
            GOLDEN.replace("\"knhk\"", "7"),
            GOLDEN.replace("\"knhk\"", "\"" + "k".repeat(257) + "\""),
            GOLDEN.replace("\"knhk\"", "\"\\u006bnhk\""),
            GOLDEN.replace("\"log\":\"knhk\",", ""),
            "{\"snapshot\":" + INSIDE + ",\"log\":\"knhk\"}",
            GOLDEN.replace("\"version\":1", "\"version\":1,\"x\":1"),
            "{\"log\":\"knhk\",\"snapshot\":null}")) {
      assertThatThrownBy(() -> PromotedSnapshotCodec.decode(bytes(bad)))
          .as(bad)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("expected");
    }
  }

  @Test
  void shouldRefuseWhenTooLarge() {
    byte[] large = new byte[CompiledSnapshot.BYTES_MAX + 4096];

    assertThatThrownBy(() -> PromotedSnapshotCodec.decode(large))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("limit=");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
