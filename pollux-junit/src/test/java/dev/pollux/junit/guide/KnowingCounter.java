package dev.pollux.junit.guide;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.DatagramEndpoint;
import dev.pollux.net.DatagramOptions;
import dev.pollux.sys.SysException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A counter that several nodes share. Each tells the others, again and again, how much it has added
 * so far: what is lost is told later, and what comes twice, or late, does no harm.
 */
final class KnowingCounter implements SharedCounter {

  private static final long TELL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final DatagramEndpoint endpoint;
  private final List<InetSocketAddress> others;
  private final Map<SocketAddress, Long> added = new HashMap<>(); // by the others
  private long own;

  KnowingCounter(EventLoop loop, InetSocketAddress at, List<InetSocketAddress> others)
      throws SysException {
    this.others = others;
    this.endpoint =
        DatagramEndpoint.open(
            loop,
            at,
            DatagramOptions.DEFAULT,
            (_, data, peer, _) ->
                added.merge(Objects.requireNonNull(peer), data.getLong(), Math::max));
    var _ = loop.scheduleAtFixedRate(TELL_NANOS, TELL_NANOS, this::tell);
  }

  @Override
  public void add(long amount) {
    own += amount;
    tell();
  }

  private void tell() {
    for (InetSocketAddress other : others) {
      boolean _ = endpoint.send(ByteBuffer.allocate(Long.BYTES).putLong(own).flip(), other);
    }
  }

  @Override
  public long total() {
    return own + added.values().stream().mapToLong(Long::longValue).sum();
  }
}
