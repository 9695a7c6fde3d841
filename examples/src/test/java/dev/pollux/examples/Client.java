package dev.pollux.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/** A plain blocking socket of lines. */
final class Client implements AutoCloseable {

  private static final int LIMIT_MILLIS = 30_000;

  final Socket socket;
  private final BufferedReader lines;

  Client(int port) throws IOException {
    this(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  Client(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(LIMIT_MILLIS);
    lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
  }

  Client send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(UTF_8));
    return this;
  }

  /** The next line; null at the end of the stream. */
  @Nullable String line() throws IOException {
    return lines.readLine();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
