package dev.pollux.examples;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.CloseCause;
import dev.pollux.net.Connection;
import dev.pollux.net.FrameHandler;
import dev.pollux.net.Framing;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

/** Sends each line to everybody else, and drops a member whose queue is full. */
public final class Chat implements FrameHandler {

  private static final Framing LINES = Framing.lines(1024);

  private final Set<Connection> members = new HashSet<>(); // all on one loop: no lock is needed

  private Chat() {}

  @Override
  public void opened(Connection member) {
    members.add(member);
  }

  @Override
  public void frame(Connection speaker, ByteBuffer line) {
    for (Connection member : members) {
      if (!member.equals(speaker) && !LINES.write(member, line.duplicate()).goesOn()) {
        member.reset(); // it must not make the others wait
      }
    }
  }

  @Override
  public void closed(Connection member, CloseCause cause) {
    members.remove(member);
  }

  /** Takes a port. */
  public static void main(String[] args) throws SysException {
    int port = args.length == 0 ? 0 : Integer.parseInt(args[0]);
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    Chat chat = new Chat();
    try (EventLoop loop = EventLoop.open();
        Server server = Server.open(loop, ServerOptions.at(address), _ -> LINES.handler(chat))) {
      System.out.println("listening on " + server.address());
      loop.run();
    }
  }
}
