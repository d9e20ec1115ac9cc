package io.knhk.schemas.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.schemas.notification.Notification.Kind;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NotificationTest {
  private static final String GOLDEN =
      "{\"specversion\":\"1.0\",\"id\":\"ab12\",\"source\":\"urn:knhk:main:finance\","
          + "\"type\":\"io.knhk.notification.pending.v1\",\"subject\":\"request-1\","
          + "\"time\":\"2026-11-25T12:34:56.789Z\",\"sector\":\"finance\",\"datacontenttype\":\"application/json\","
          + "\"data\":{\"summary\":\"Wider range\",\"quorum\":2}}";
  private static final long TIME_MS = 1_795_610_096_789L;

  @Test
  void shouldBeTheGoldenBytesWhenEncoded() {
    assertThat(new String(notification("main", data()).encode(), StandardCharsets.UTF_8))
        .isEqualTo(GOLDEN);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void shouldComeBackTheSameWhenDecoded(Kind kind) {
    Notification told =
        Notification.of(kind, "main", "finance", "ab12", "request-1", TIME_MS, data());

    assertThat(Notification.decode(told.encode())).isEqualTo(told);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a:b", "é ü", "100%", "a+b", "~._-", "/?#"})
  void shouldNameAnyLogInItsSource(String log) {
    Notification told = notification(log, data());

    assertThat(Notification.decode(told.encode())).isEqualTo(told);
    assertThat(new String(told.encode(), StandardCharsets.UTF_8))
        .containsPattern("\"source\":\"urn:knhk:[A-Za-z0-9._~%-]+:finance\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"data\":{}}",
        "no JSON",
      })
  void shouldRefuseWhenItIsNoNotification(String text) {
    assertThatThrownBy(() -> Notification.decode(text.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.0>0.3",
        "pending.v1>pending.v2",
        "urn:knhk:main:finance>urn:knhk:main:energy",
        "urn:knhk:main:finance>urn:knhk::finance",
        "urn:knhk:main>urn:knhk:%zz",
        "789Z>789+00:00",
        "56.789Z>60.789Z",
        "ab12>a.b",
        "{\"spec> {\"spec",
        "\"quorum\":2>\"quorum\":2,\"quorum\":2",
        "\"subject\":\"request-1\">\"subject\":\"\""
      })
  void shouldRefuseWhenOneThingIsDifferent(String change) {
    String[] fromTo = change.split(">", -1);
    String text = GOLDEN.replace(fromTo[0], fromTo[1]);
    assertThat(text).isNotEqualTo(GOLDEN);

    assertThatThrownBy(() -> Notification.decode(text.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldTakeTheLargestAndNoneBeyond() {
    int around = notification("main", text(0)).encode().length;
    int charsMax = Notification.BYTES_MAX - around;

    assertThat(notification("main", text(charsMax)).encode()).hasSize(Notification.BYTES_MAX);
    Notification beyond = notification("main", text(charsMax + 1));
    assertThatThrownBy(beyond::encode).hasMessageContaining("limit=65536");
    assertThatThrownBy(() -> Notification.decode(new byte[Notification.BYTES_MAX + 1]))
        .hasMessageContaining("limit=65536");
  }

  @Test
  void shouldRefuseAnIdThatAWebhookCannotSign() {
    for (String id : new String[] {"", "a.b", "a b", "ä", "i".repeat(129)}) {
      assertThatThrownBy(
              () -> Notification.of(Kind.PENDING, "main", "finance", id, "s", TIME_MS, data()))
          .hasMessageContaining("expected a bounded id");
    }
  }

  @Test
  void shouldNotChangeWhenItsDataIsChangedOutside() {
    ObjectNode data = data();
    Notification told = notification("main", data);

    data.put("summary", "other");
    told.data().put("summary", "other");

    assertThat(new String(told.encode(), StandardCharsets.UTF_8)).isEqualTo(GOLDEN);
  }

  private static Notification notification(String log, ObjectNode data) {
    return Notification.of(Kind.PENDING, log, "finance", "ab12", "request-1", TIME_MS, data);
  }

  private static ObjectNode data() {
    return JsonNodeFactory.instance.objectNode().put("summary", "Wider range").put("quorum", 2);
  }

  private static ObjectNode text(int chars) {
    return JsonNodeFactory.instance.objectNode().put("t", "x".repeat(chars));
  }
}
