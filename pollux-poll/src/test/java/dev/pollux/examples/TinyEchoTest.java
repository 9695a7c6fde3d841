package dev.pollux.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.poll.ClosedPollerException;
import dev.pollux.poll.Interest;
import dev.pollux.poll.Poller;
import dev.pollux.poll.Registration;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.Errno;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
    Registration listening = poller.add(listener, Interest.READABLE, Trigger.LEVEL, null);
    CompletableFuture<Void> server =
        CompletableFuture.runAsync(() -> serve(sys, poller, listening));
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

  @Test
  @Timeout(60)
  void accept_noDescriptorLeft_waitsUntilOneIsClosed() throws Exception {
    AtomicBoolean isFull = new AtomicBoolean();
    Sys kernel = NativeSys.open();
    Sys sys = fullWhile(isFull, kernel);
    InetAddress loopback = InetAddress.getLoopbackAddress();
    int fd = Sockets.tcpListener(sys, new InetSocketAddress(loopback, 0), 16);
    int port = ((InetSocketAddress) Sockets.localAddress(sys, fd)).getPort();
    Poller poller = Poller.open();
    Registration listener = poller.add(fd, Interest.READABLE, Trigger.LEVEL, null);
    CompletableFuture<Void> server = CompletableFuture.runAsync(() -> serve(sys, poller, listener));
    Socket first = new Socket(loopback, port);
    assertEquals('a', echoed(first, 'a'));
    isFull.set(true);
    try (Socket second = new Socket(loopback, port)) {
      while (listener.interest() != Interest.NONE) { // bounded by the timeout above
        Thread.onSpinWait();
      }
      isFull.set(false);
      first.close();
      assertEquals('b', echoed(second, 'b'));
    }
    while (poller.size() > 1) {
      Thread.onSpinWait();
    }
    poller.close();
    server.get(10, TimeUnit.SECONDS);
    assertEquals(0, sys.close(fd));
  }

  private static int echoed(Socket socket, int letter) throws IOException {
    socket.getOutputStream().write(letter);
    return socket.getInputStream().read();
  }

  /** A kernel that has no descriptor left to accept with. */
  private static Sys fullWhile(AtomicBoolean isFull, Sys kernel) {
    InvocationHandler handler =
        (_, method, arguments) ->
            method.getName().equals("accept4") && isFull.get()
                ? Integer.valueOf(-Errno.EMFILE)
                : method.invoke(kernel, arguments);
    ClassLoader loader = Sys.class.getClassLoader();
    return (Sys) Proxy.newProxyInstance(loader, new Class<?>[] {Sys.class}, handler);
  }

  private static void serve(Sys sys, Poller poller, Registration listener) {
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
