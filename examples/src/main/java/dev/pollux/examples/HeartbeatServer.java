package dev.pollux.examples;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.FrameHandler;
import dev.pollux.net.Framing;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.Silence;
import dev.pollux.sys.Addresses;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Answers each line, sends a sign of life into a silence of 1 s, and ends one of 3 s. */
public final class HeartbeatServer implements FrameHandler {
  private static final Framing LINES = Framing.lines(1024);

  private HeartbeatServer() {}

  @Override
  public void frame(Connection connection, ByteBuffer line) {
    if (!LINES.write(connection, line).goesOn()) {
      connection.pauseReading();
    }
  }

  @Override
  public void writable(Connection connection) {
    connection.resumeReading();
  }

  @Override
  public void heartbeat(Connection connection) { // nothing was sent for a second
    var _ = LINES.write(connection, StandardCharsets.UTF_8.encode("still here"));
  }

  @Override
  public void idle(Connection connection, Silence silence) { // nothing arrived for three
    var _ = LINES.write(connection, StandardCharsets.UTF_8.encode("good-bye"));
    connection.close(); // sends what is queued first
  }

  /** Takes a port. */
  public static void main(String[] args) throws SysException {
    int port = args.length == 0 ? 0 : Integer.parseInt(args[0]);
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    var life = ConnectionOptions.DEFAULT.withHeartbeat(Duration.ofSeconds(1));
    var wanted = ServerOptions.at(address).withConnection(life.withReadIdle(Duration.ofSeconds(3)));
    try (EventLoop loop = EventLoop.open();
        Server server = Server.open(loop, wanted, _ -> LINES.handler(new HeartbeatServer()))) {
      System.out.println("listening on " + Addresses.text(server.address()));
      loop.run();
    }
  }
}
