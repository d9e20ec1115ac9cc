package io.knhk.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PortsTest {
  @Test
  void shouldTakeThePreferredOneWhenItIsFree() {
    int free = Ports.free();

    assertThat(Ports.choose("Kafka", free, OptionalInt.empty())).isEqualTo(free);
  }

  @Test
  void shouldTakeAnotherWhenThePreferredOneIsTaken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(Ports.choose("Kafka", taken.getLocalPort(), OptionalInt.empty()))
          .isPositive()
          .isNotEqualTo(taken.getLocalPort());
    }
  }

  @Test
  void shouldRefuseWhenTheNamedOneIsTaken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();

      assertThatThrownBy(() -> Ports.choose("Kafka", Ports.free(), OptionalInt.of(port)))
          .isInstanceOfSatisfying(
              StackException.class, e -> assertThat(e.code()).isEqualTo(StackException.PORT_TAKEN))
          .hasMessageContaining("expected a free port for Kafka: port=" + port);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 65_536})
  void shouldRefuseWhenTheNamedOneIsNoPort(int port) {
    assertThatThrownBy(() -> Ports.choose("Kafka", Ports.free(), OptionalInt.of(port)))
        .hasMessageContaining("between 1 and 65535: port=" + port);
  }
}
