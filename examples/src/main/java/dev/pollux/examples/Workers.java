package dev.pollux.examples;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.Connection;
import dev.pollux.net.FrameHandler;
import dev.pollux.net.Framing;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.sys.SysException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Finds the next prime after the number on each line, on threads that may take their time. */
public record Workers(ExecutorService pool) implements FrameHandler {

  private static final Framing LINES = Framing.lines(256);

  @Override
  public void frame(Connection connection, ByteBuffer line) {
    String text = StandardCharsets.US_ASCII.decode(line).toString(); // the loop's buffer, no more
    connection.pauseReading(); // one job at a time for each connection, so answers are in order
    pool.execute(
        () -> {
          String answer = nextPrime(text);
          connection.loop().execute(() -> answer(connection, answer)); // back on the loop
        });
  }

  private static void answer(Connection connection, String text) {
    boolean _ = LINES.write(connection, StandardCharsets.US_ASCII.encode(text));
    connection.resumeReading();
  }

  private static String nextPrime(String text) {
    try {
      return new BigInteger(text).nextProbablePrime().toString();
    } catch (ArithmeticException | NumberFormatException e) {
      return "not a number from 0 on";
    }
  }

  /** Takes a port. */
  public static void main(String[] args) throws SysException {
    int port = args.length == 0 ? 0 : Integer.parseInt(args[0]);
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try (ExecutorService pool = Executors.newFixedThreadPool(4);
        EventLoop loop = EventLoop.open();
        Server server = Server.open(loop, ServerOptions.at(address), _ -> LINES.handler(new Workers(pool)))) {
      System.out.println("listening on " + server.address());
      loop.run();
    }
  }
}
