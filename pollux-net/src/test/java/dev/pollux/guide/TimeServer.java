package dev.pollux.guide;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.DatagramEndpoint;
import dev.pollux.net.DatagramHandler;
import dev.pollux.net.DatagramOptions;
import dev.pollux.sys.Addresses;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Tells the time to whoever asks, on every address of this host. */
public final class TimeServer implements DatagramHandler {

  public static void main(String[] args) throws IOException {
    InetSocketAddress everywhere = new InetSocketAddress(3737);
    try (EventLoop loop = EventLoop.open();
        DatagramEndpoint endpoint =
            DatagramEndpoint.open(loop, everywhere, DatagramOptions.DEFAULT, new TimeServer())) {
      System.out.println("listening on " + Addresses.text(endpoint.localAddress()));
      loop.run();
    }
  }

  @Override
  public void received(
      DatagramEndpoint endpoint, ByteBuffer data, @Nullable SocketAddress peer, boolean truncated) {
    byte[] time = Instant.now().toString().getBytes(US_ASCII);
    boolean _ = endpoint.reply(ByteBuffer.wrap(time)); // false: the queue is full; it asks again
  }
}
