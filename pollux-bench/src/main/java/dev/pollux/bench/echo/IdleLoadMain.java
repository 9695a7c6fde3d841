package dev.pollux.bench.echo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Opens connections that are idle; a process of its own, for each needs a descriptor here as well.
 *
 * <p>Each line of standard input is a command, each answer a line, {@code ok} or {@code error ...}:
 * {@code open PORT COUNT} opens so many more, {@code echo} sends a message over each and awaits it,
 * {@code close} closes all. A server accepts in the order in which they were opened: the last of
 * each batch echoes a message, so that all of them are accepted when {@code open} is over.
 */
public final class IdleLoadMain {

  /** Less than what waits to be accepted. */
  private static final int BATCH = EchoServer.BACKLOG / 4;

  /**
   * Each source address has its own ports, of which Linux hands out 28,232 unless told otherwise.
   * The first one is left to the kernel: to bind is slower by far.
   */
  private static final int FROM_ONE_ADDRESS = 25_000;

  private static final int MESSAGE_BYTES = 64;

  private final List<SocketChannel> connections = new ArrayList<>();
  private final ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE_BYTES);

  private IdleLoadMain() {}

  /** Answers commands until standard input ends. */
  public static void main(String[] args) throws IOException {
    IdleLoadMain load = new IdleLoadMain();
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try {
      for (String line = input.readLine(); line != null; line = input.readLine()) {
        load.execute(line.split(" ", -1));
        System.out.println("ok");
      }
    } catch (IOException | RuntimeException e) {
      System.out.println("error " + load.connections.size() + " connections: " + e.getMessage());
    }
  }

  private void execute(String[] words) throws IOException {
    int[] n = Arrays.stream(words).skip(1).mapToInt(Integer::parseInt).toArray();
    switch (words[0] + " " + n.length) {
      case "open 2" -> open(n[0], n[1]);
      case "echo 0" -> {
        for (SocketChannel connection : connections) {
          echo(connection);
        }
      }
      case "close 0" -> close();
      default -> throw new IOException("not understood: " + String.join(" ", words));
    }
  }

  private void open(int port, int count) throws IOException {
    InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    for (int i = 1; i <= count; i++) {
      SocketChannel connection = SocketChannel.open();
      connections.add(connection);
      int address = 1 + (connections.size() - 1) / FROM_ONE_ADDRESS;
      if (address > 1) {
        byte[] source = {127, 0, 0, (byte) address};
        connection.bind(new InetSocketAddress(InetAddress.getByAddress(source), 0));
      }
      if (!connection.connect(server)) {
        throw new IOException("a blocking connect did not wait");
      }
      if (i % BATCH == 0 || i == count) {
        echo(connection);
      }
    }
  }

  private void echo(SocketChannel connection) throws IOException {
    message.clear();
    while (message.hasRemaining()) {
      int _ = connection.write(message);
    }
    message.clear();
    while (message.hasRemaining()) {
      if (connection.read(message) < 0) {
        throw new IOException("closed by the server");
      }
    }
  }

  private void close() throws IOException {
    for (SocketChannel connection : connections) {
      connection.close();
    }
    connections.clear();
  }
}
