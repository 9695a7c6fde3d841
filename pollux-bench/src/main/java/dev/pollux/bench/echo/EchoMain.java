package dev.pollux.bench.echo;

import dev.pollux.poll.Trigger;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * The process of one echo server.
 *
 * <p>The argument names the server. It prints {@code listening PORT}, or {@code unavailable REASON}
 * and ends. Then it answers each line {@code allocated} with the bytes that the server's threads
 * have allocated, or -1, each line {@code memory} with the bytes in use on the heap and outside it
 * after full collections, and ends when its standard input does. Meanwhile this thread is blocked
 * in a read and takes no time from the server.
 */
public final class EchoMain {

  private EchoMain() {}

  /** Starts the named server and serves until standard input ends. */
  public static void main(String[] args) throws IOException {
    EchoServer server;
    try {
      server = starter(args.length == 1 ? args[0] : "").start();
    } catch (UnsupportedOperationException e) {
      System.out.println("unavailable " + e.getMessage());
      return;
    }
    System.out.println("listening " + server.port());
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      System.out.println(answer(server, line));
    }
    Runtime.getRuntime().halt(0); // the threads of the server are in the middle of something
  }

  private static String answer(EchoServer server, String question) {
    return switch (question) {
      case "allocated" -> String.valueOf(server.allocatedBytes().orElse(-1));
      case "memory" -> Memory.heapBytes() + " " + (Memory.directBytes() + server.uncountedBytes());
      default -> "not understood: " + question;
    };
  }

  private static EchoServer.Starter starter(String name) {
    return switch (name) {
      case "nio" -> NioEcho::start;
      case "netty-epoll" -> () -> NettyEcho.start(NettyTransport.EPOLL);
      case "netty-io_uring" -> () -> NettyEcho.start(NettyTransport.IO_URING);
      case "netty-nio" -> () -> NettyEcho.start(NettyTransport.NIO);
      case "threads" -> ThreadsEcho::start;
      case "pollux-level" -> () -> PolluxEcho.start(Trigger.LEVEL);
      case "pollux-edge" -> () -> PolluxEcho.start(Trigger.EDGE);
      default -> throw new IllegalArgumentException("there is no echo server '" + name + "'");
    };
  }
}
