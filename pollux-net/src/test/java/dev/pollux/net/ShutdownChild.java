package dev.pollux.net;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;

/** A process of {@link ShutdownIT}: prints its port, then {@code asked} for the first byte. */
final class ShutdownChild {

  private ShutdownChild() {}

  public static void main(String[] arguments) throws Exception {
    Duration atMost = Duration.parse(arguments[0]);
    InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (LoopGroup loops = LoopGroup.start(1, LoopOptions.DEFAULT);
        Server server = Server.start(loops, ServerOptions.at(anywhere), _ -> new Slow());
        Shutdown _ = Shutdown.stopping(atMost, server)) {
      System.out.println(((InetSocketAddress) server.address()).getPort());
      server.stopped().join();
    }
  }

  /** Works on its answer until the stop has begun; on {@code x} for ever. */
  private static final class Slow implements ConnectionHandler {

    @Override
    public void received(Connection connection, ByteBuffer data) {
      connection.hold();
      boolean never = US_ASCII.decode(data).charAt(0) == 'x';
      connection.attach(never);
      System.out.println("asked");
    }

    @Override
    public void finishing(Connection connection) {
      if (connection.attachment() instanceof Boolean never && !never) {
        WriteResult _ = connection.write("answer");
        connection.release();
      }
    }
  }
}
