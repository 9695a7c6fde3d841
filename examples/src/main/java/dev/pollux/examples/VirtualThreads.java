package dev.pollux.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.Blocking;
import dev.pollux.net.BlockingConnection;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.sys.Addresses;
import dev.pollux.sys.SysException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Asks for a name and greets it: a conversation in the blocking style, each on its own thread. */
public final class VirtualThreads {

  private VirtualThreads() {}

  private static void converse(BlockingConnection connection) throws IOException {
    var out = new PrintStream(connection.output(), true, UTF_8);
    out.println("What is your name?");
    String name = connection.readLine(); // waits, and nobody else has to
    while (name != null && name.isBlank()) {
      out.println("Pardon?");
      name = connection.readLine();
    }
    if (name != null) {
      out.println("Hello, " + name.strip() + "!");
    }
  }

  /** Takes a port. */
  public static void main(String[] args) throws SysException {
    int port = args.length == 0 ? 0 : Integer.parseInt(args[0]);
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    var handlers = Blocking.handlers(VirtualThreads::converse);
    try (EventLoop loop = EventLoop.open();
        Server server = Server.open(loop, ServerOptions.at(address), handlers)) {
      System.out.println("listening on " + Addresses.text(server.address()));
      loop.run();
    }
  }
}
