package dev.pollux.bench.echo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.OptionalLong;

/**
 * An echo server of blocking code: a virtual thread for each connection, on one carrier if the JVM
 * is started with {@code -Djdk.virtualThreadScheduler.parallelism=1}.
 *
 * <p>The buffer of a connection starts small, for there is one for each, and doubles when a read
 * fills it.
 */
final class ThreadsEcho implements EchoServer {

  private static final int FIRST_BUFFER_BYTES = 1 << 10;

  private final ServerSocket listener;

  private ThreadsEcho(ServerSocket listener) {
    this.listener = listener;
  }

  static ThreadsEcho start() throws IOException {
    ThreadsEcho server =
        new ThreadsEcho(new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()));
    Thread _ = Thread.ofVirtual().name("accept").start(server::accept);
    return server;
  }

  @Override
  public int port() {
    return listener.getLocalPort();
  }

  @Override
  public OptionalLong allocatedBytes() {
    return Allocation.ofAll();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        Thread _ = Thread.startVirtualThread(() -> serve(socket));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void serve(Socket socket) {
    try (socket) {
      echo(socket);
    } catch (IOException e) {
      // The peer reset the connection: it has ended, which is all there is to do.
    }
  }

  private static void echo(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    OutputStream out = socket.getOutputStream();
    byte[] buffer = new byte[FIRST_BUFFER_BYTES];
    for (int size = in.read(buffer); size >= 0; size = in.read(buffer)) {
      out.write(buffer, 0, size);
      if (size == buffer.length && size < BUFFER_BYTES) {
        buffer = new byte[2 * size];
      }
    }
  }
}
