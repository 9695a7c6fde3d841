package dev.pollux.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.poll.ClosedPollerException;
import dev.pollux.poll.Interest;
import dev.pollux.poll.Poller;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TinyEchoTest {

  private static final int MANY_BYTES = 8 << 20; // more than the sockets' buffers hold

  @Test
  void readme_program_isTheOneCompiledHere() throws IOException {
    String program =
        Files.readString(Path.of("src/test/java/dev/pollux/examples/TinyEcho.java"))
            .replaceFirst("(?s).*?(?=import dev)", "");
    assertTrue(
        Files.readString(Path.of("../README.md")).contains(program.strip()),
        "README.md does not show TinyEcho.java as it is");
  }

  @Test
  @Timeout(60)
  void echo_aPeerThatWritesAllBeforeItReads_getsEveryByteBack() throws Exception {
    Sys sys = NativeSys.open();
    InetAddress loopback = InetAddress.getLoopbackAddress();
    int listener = Sockets.tcpListener(sys, new InetSocketAddress(loopback, 0), 16);
    int port = ((InetSocketAddress) Sockets.localAddress(sys, listener)).getPort();
    Poller poller = Poller.open();
    poller.add(listener, Interest.READABLE, Trigger.LEVEL, null);
    CompletableFuture<Void> server = CompletableFuture.runAsync(() -> serve(sys, poller, listener));
    byte[] sent = new byte[MANY_BYTES];
    new Random(1).nextBytes(sent);
    try (Socket socket = new Socket(loopback, port)) {
      Thread writer = Thread.ofVirtual().start(() -> send(socket, sent));
      assertArrayEquals(sent, socket.getInputStream().readNBytes(sent.length));
      writer.join();
    }
    while (poller.size() > 1) { // bounded by the timeout above: the server sees the end and closes
      Thread.onSpinWait();
    }
    poller.close();
    server.get(10, TimeUnit.SECONDS);
    assertEquals(0, sys.close(listener));
  }

  private static void serve(Sys sys, Poller poller, int listener) {
    try {
      TinyEcho.serve(sys, poller, listener);
    } catch (ClosedPollerException e) {
      // the test is over
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void send(Socket socket, byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
