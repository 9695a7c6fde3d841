package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopTimer;
import dev.pollux.sys.Errno;
import dev.pollux.sys.MessageBatch;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams of a Unix socket to peers that have no room, each peer's in order. The kernel answers
 * EAGAIN for such a peer, but the socket itself stays writable, and no event tells of the peer: so
 * it is asked again, after pauses that double. Meanwhile the datagrams of all others pass.
 *
 * <p>Limits: half of {@link DatagramOptions#sendCapacity} datagrams. Threads: the loop's.
 *
 * <p>Source: {@code unix_dgram_sendmsg}, {@code unix_dgram_poll} of Linux.
 */
final class FullPeers {

  private final DatagramEndpoint endpoint;
  private final DatagramSender sender;
  private final EventLoop loop;
  private final int fd;
  private final int capacity;
  private final Map<SocketAddress, ArrayDeque<ByteBuffer>> waiting = new LinkedHashMap<>();
  private final LoopTimer again = new LoopTimer(this::tryAgain);

  /** What is being sent, one at a time. */
  private final MessageBatch one;

  private int count;
  private long pauseNanos = Connecting.FIRST_PAUSE_NANOS;

  FullPeers(
      DatagramEndpoint endpoint,
      DatagramSender sender,
      EventLoop loop,
      int fd,
      DatagramOptions options) {
    this.endpoint = endpoint;
    this.sender = sender;
    this.loop = loop;
    this.fd = fd;
    this.capacity = options.sendCapacity() / 2;
    this.one = MessageBatch.allocate(1, options.datagramBytes());
  }

  /** How many datagrams wait. */
  int count() {
    return count;
  }

  /** How many messages stand before the first one to a peer whose earlier ones wait here. */
  int countBefore(MessageBatch out) {
    int before = 0;
    if (count == 0) {
      return out.count();
    }
    while (before < out.count() && !waits(out.peer(before))) {
      before++;
    }
    return before;
  }

  private boolean waits(@Nullable SocketAddress peer) {
    return peer != null && waiting.containsKey(Opening.ours(peer));
  }

  /** Takes a copy of a datagram; false if there is no room for it. */
  boolean add(SocketAddress peer, ByteBuffer data) {
    if (count == capacity) {
      return false;
    }
    if (count == 0) {
      loop.schedule(again, pauseNanos);
    }
    ByteBuffer copy = ByteBuffer.allocate(data.remaining()).put(data).flip();
    waiting.computeIfAbsent(Opening.ours(peer), _ -> new ArrayDeque<>()).add(copy);
    count++;
    return true;
  }

  private void tryAgain() {
    boolean gotOn = offer();
    pauseNanos =
        gotOn
            ? Connecting.FIRST_PAUSE_NANOS
            : Math.min(2 * pauseNanos, Connecting.MOST_PAUSE_NANOS);
    if (count > 0) {
      loop.schedule(again, pauseNanos);
    }
    if (sender.hasWork()) {
      endpoint.flushSoon(); // to tell what became of some
    }
  }

  /** Offers each peer what waits for it, until it has no room; whether any of it is gone. */
  private boolean offer() {
    int before = count;
    Iterator<Map.Entry<SocketAddress, ArrayDeque<ByteBuffer>>> peers =
        waiting.entrySet().iterator();
    while (peers.hasNext()) {
      Map.Entry<SocketAddress, ArrayDeque<ByteBuffer>> each = peers.next();
      ArrayDeque<ByteBuffer> datagrams = each.getValue();
      while (!datagrams.isEmpty() && offer(each.getKey(), datagrams.element())) {
        datagrams.remove();
        count--;
      }
      if (datagrams.isEmpty()) {
        peers.remove();
      }
    }
    return count < before;
  }

  /** Whether a datagram is gone: sent, or refused for good. */
  private boolean offer(SocketAddress peer, ByteBuffer data) {
    one.clear();
    boolean _ = one.append(data.duplicate(), peer);
    int n = one.send(loop.sys(), fd, DatagramSender.FLAGS);
    if (isRefusal(n)) { // perhaps for an earlier datagram, as in DatagramSender
      int second = one.send(loop.sys(), fd, DatagramSender.FLAGS);
      if (second != n) {
        sender.earlierFailed(n);
      }
      n = second;
    }
    if (n > 0) {
      sender.sent(n);
    } else if (isRefusal(n)) {
      sender.unsent(peer, n);
    }
    return n > 0 || isRefusal(n);
  }

  private static boolean isRefusal(int result) {
    return result < 0 && result != -Errno.EAGAIN && result != -Errno.EINTR;
  }

  /** Offers all of it for the last time; how many are dropped. The peers are known as full. */
  int close() {
    loop.cancel(again);
    boolean _ = offer();
    return count;
  }
}
