package dev.pollux.examples;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionGroup;
import dev.pollux.net.FrameHandler;
import dev.pollux.net.Framing;
import dev.pollux.net.Payload;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.sys.Addresses;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;

/** Sends each line to everybody else, and drops a member that is too slow to have them all. */
public final class Chat implements FrameHandler {

  private static final Framing LINES = Framing.lines(1024);

  private final ConnectionGroup members;

  private Chat(EventLoop loop) {
    members = ConnectionGroup.over(List.of(loop));
  }

  @Override
  public void opened(Connection member) {
    members.add(member);
  }

  @Override
  public void frame(Connection speaker, ByteBuffer line) {
    boolean _ = members.broadcast(Payload.copyOf(LINES.encode(line)), speaker);
  }

  /** Takes a port. */
  public static void main(String[] args) throws SysException {
    int port = args.length == 0 ? 0 : Integer.parseInt(args[0]);
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try (EventLoop loop = EventLoop.open()) {
      Chat chat = new Chat(loop);
      try (Server server = Server.open(loop, ServerOptions.at(address), _ -> LINES.handler(chat))) {
        System.out.println("listening on " + Addresses.text(server.address()));
        loop.run();
      }
    }
  }
}
