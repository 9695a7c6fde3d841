package consumer;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;

/** An echo server that is asked once, by a plain socket, and says what came back. */
public final class Echo implements ConnectionHandler {

  private static final int PATIENCE_MILLIS = 30_000;

  private Echo() {}

  /** An echo for one connection. */
  public static ConnectionHandler handler() {
    return new Echo();
  }

  @Override
  public void received(Connection connection, ByteBuffer data) {
    if (!connection.write(data).goesOn()) {
      connection.pauseReading();
    }
  }

  @Override
  public void writable(Connection connection) {
    connection.resumeReading();
  }

  /** Takes no arguments. */
  public static void main(String[] args) throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (EventLoop loop = EventLoop.open();
        Server server = Server.open(loop, ServerOptions.at(any), _ -> handler())) {
      InetSocketAddress address = (InetSocketAddress) server.address();
      Thread.ofPlatform().start(() -> ask(address, loop));
      loop.run();
    }
  }

  private static void ask(InetSocketAddress address, EventLoop loop) {
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.getOutputStream().write("hello".getBytes(US_ASCII));
      socket.shutdownOutput();
      System.out.println("echoed: " + new String(socket.getInputStream().readAllBytes(), US_ASCII));
    } catch (IOException e) {
      System.out.println("failed: " + e);
    } finally {
      loop.stop();
    }
  }
}
