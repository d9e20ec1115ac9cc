package io.knhk.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.OptionalInt;

/** Which loopback port a part listens on. */
final class Ports {
  static final String HOST = "127.0.0.1";

  private Ports() {}

  /**
   * @param what whose port it is, for the message
   * @param preferred taken when nobody listens there, else a free one is
   * @param named by the user; this one or none
   * @throws StackException when {@code named} is taken
   */
  static int choose(String what, int preferred, OptionalInt named) {
    if (named.isPresent()) {
      int port = named.getAsInt();
      if (port < 1 || port > 65_535) {
        throw new StackException(
            StackException.PORT_TAKEN,
            "expected a port for " + what + " between 1 and 65535: port=" + port + ".");
      }
      if (!isFree(port)) {
        throw new StackException(
            StackException.PORT_TAKEN,
            "expected a free port for "
                + what
                + ": port="
                + port
                + " on "
                + HOST
                + " is taken by another program. Name another port, or none to get a free one.");
      }
      return port;
    }
    return isFree(preferred) ? preferred : free();
  }

  static int free() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new StackException(
          StackException.PORT_TAKEN, "expected a free port on " + HOST + ": problem=" + e + ".", e);
    }
  }

  /** Whether nobody listens there now. */
  static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
