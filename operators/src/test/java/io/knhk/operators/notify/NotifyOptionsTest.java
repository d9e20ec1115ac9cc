package io.knhk.operators.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NotifyOptionsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "host/path",
        "ftp://host/",
        "file:///etc/passwd",
        "https:///path",
        "https://user:hush@host/",
        "https://host/#hush",
        "http://ho st/hush",
        "HTTPS"
      })
  void shouldRefuseAndNotShowAUrlThatNoWebhookHas(String url) {
    assertThatThrownBy(() -> Webhook.of(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("hush");
  }

  @Test
  void shouldTakeTheLongestUrlAndNoneBeyond() {
    String longest = "https://host/" + "x".repeat(Webhook.URL_CHARS_MAX - 13);

    assertThat(Webhook.of(longest).url()).hasToString(longest);
    assertThatThrownBy(() -> Webhook.of(longest + "x")).hasMessageContaining("limit=2048");
  }

  @Test
  void shouldNameTheHostAndNotTheRestWhenShown() {
    Webhook webhook = Webhook.of("https://hooks.example:8443/services/hush?token=hush");

    assertThat(webhook).hasToString("https://hooks.example:8443");
    assertThat(NotifyOptions.of(List.of(webhook), "file").toString()).doesNotContain("hush");
    assertThat(webhook.id()).matches("[0-9a-f]{32}").isNotEqualTo(webhook("other").id());
  }

  @Test
  void shouldTakeAsManyWebhooksAsAllowedEachOnce() {
    List<Webhook> most = IntStream.range(0, 16).mapToObj(i -> webhook("h" + i)).toList();

    assertThat(NotifyOptions.of(most, "file").webhooks()).hasSize(16);
    assertThatThrownBy(() -> NotifyOptions.of(List.of(), "file"))
        .hasMessageContaining("webhooks=0");
    assertThatThrownBy(
            () ->
                NotifyOptions.of(
                    IntStream.range(0, 17).mapToObj(i -> webhook("h" + i)).toList(), "file"))
        .hasMessageContaining("webhooks=17, limit=16");
    assertThatThrownBy(() -> NotifyOptions.of(List.of(webhook("a"), webhook("a")), "file"))
        .hasMessageContaining("each webhook once");
  }

  @Test
  void shouldRefuseWhenAValueIsOutOfItsBounds() {
    List<Webhook> one = List.of(webhook("a"));
    assertThatThrownBy(() -> new NotifyOptions(one, " ", 1_000, 1, 1, 1))
        .hasMessageContaining("file with the secret");
    assertThatThrownBy(() -> new NotifyOptions(one, "f", 99, 1, 1, 1))
        .hasMessageContaining("timeoutMs=99");
    assertThatThrownBy(() -> new NotifyOptions(one, "f", 1_000, 2, 1, 1))
        .hasMessageContaining("backoffMsMax=1");
    assertThatThrownBy(() -> new NotifyOptions(one, "f", 1_000, 1, 1, 10_001))
        .hasMessageContaining("queueMax=10001, limit=10000");
  }

  private static Webhook webhook(String host) {
    return Webhook.of("https://" + host + "/");
  }
}
