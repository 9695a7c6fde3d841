package dev.pollux.junit.guide;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.DatagramEndpoint;
import dev.pollux.net.DatagramOptions;
import dev.pollux.sys.SysException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;

/** A counter that several nodes share. Each tells the others what it adds. */
final class LossyCounter implements SharedCounter {

  private final DatagramEndpoint endpoint;
  private final List<InetSocketAddress> others;
  private long total;

  LossyCounter(EventLoop loop, InetSocketAddress at, List<InetSocketAddress> others)
      throws SysException {
    this.others = others;
    this.endpoint =
        DatagramEndpoint.open(
            loop, at, DatagramOptions.DEFAULT, (_, data, _, _) -> total += data.getLong());
  }

  @Override
  public void add(long amount) {
    total += amount;
    for (InetSocketAddress other : others) {
      boolean _ = endpoint.send(ByteBuffer.allocate(Long.BYTES).putLong(amount).flip(), other);
    }
  }

  @Override
  public long total() {
    return total;
  }
}
