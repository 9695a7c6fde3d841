package dev.pollux.examples;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.Framing;
import dev.pollux.net.Reply;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.Workers;
import dev.pollux.sys.Addresses;
import dev.pollux.sys.SysException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Answers each number with the next prime, on threads that may take their time. */
public final class WorkersExample {

  private WorkersExample() {}

  private static void answer(ByteBuffer request, Reply reply) {
    String number = StandardCharsets.US_ASCII.decode(request).toString();
    String answer;
    try {
      answer = new BigInteger(number).nextProbablePrime().toString();
    } catch (ArithmeticException | NumberFormatException _) {
      answer = "not a number from 0 on";
    }
    reply.write(StandardCharsets.US_ASCII.encode(answer));
  }

  /** Takes a port. */
  public static void main(String[] args) throws SysException {
    int port = args.length == 0 ? 0 : Integer.parseInt(args[0]);
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try (Workers workers = Workers.platform(4, 1024); // when so many wait, no more are read
        EventLoop loop = EventLoop.open()) { // closed before the workers, who may wait for it
      var primes = workers.handlers(Framing.lines(256), WorkersExample::answer);
      try (Server server = Server.open(loop, ServerOptions.at(address), primes)) {
        System.out.println("listening on " + Addresses.text(server.address()));
        loop.run();
      }
    }
  }
}
