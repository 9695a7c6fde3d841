package dev.pollux.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Ports of servers that are told which to take, as they do not tell which they have taken. */
final class Ports {

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long BETWEEN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private Ports() {}

  /** One that was free a moment ago. */
  static int free() throws IOException {
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return any.getLocalPort();
    }
  }

  /** A server as soon as it listens there; if it does not, it is ended. */
  static EchoProcess started(Child child, int port) throws IOException {
    boolean listens = false;
    try {
      await(port);
      listens = true;
      return new EchoProcess(child, port, false);
    } finally {
      if (!listens) {
        child.close();
      }
    }
  }

  private static void await(int port) throws IOException {
    long start = System.nanoTime();
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return;
      } catch (IOException e) {
        if (System.nanoTime() - start > PATIENCE_NANOS) {
          throw e;
        }
      }
      LockSupport.parkNanos(BETWEEN_NANOS);
    }
  }
}
