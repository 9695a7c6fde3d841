package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopTimer;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.MessageBatch;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
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
 * <p>The peer that the socket is connected to is one of them only for what was sent to it before,
 * and where another one has its name now.
 *
 * <p>Limits: {@link DatagramOptions#sendCapacity} datagrams; for one peer a quarter of that, before
 * {@link #hasRoomFor} says no, and as many again that were under way then. Threads: the loop's.
 *
 * <p>Source: {@code unix_dgram_sendmsg}, {@code unix_dgram_poll}, {@code sock_alloc_send_pskb} of
 * Linux.
 */
final class FullPeers {

  private final DatagramEndpoint endpoint;
  private final DatagramSender sender;
  private final EventLoop loop;
  private final int fd;
  private final int capacity;
  private final int share;
  private final Map<SocketAddress, Waiting> waiting = new LinkedHashMap<>();
  private final LoopTimer again = new LoopTimer(this::tryAgain);

  /** What is being sent, one at a time. */
  private final MessageBatch one;

  /** The name by which the socket was connected; null if it is not. */
  private @Nullable SocketAddress connected;

  /** The name that the connected peer gave itself. */
  private @Nullable SocketAddress alias;

  private int count;
  private long pauseNanos = Connecting.FIRST_PAUSE_NANOS;

  /** Whether a peer has room again for which a datagram was dropped. */
  private boolean hasNews;

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
    this.capacity = options.sendCapacity();
    this.share = Math.max(1, capacity / 4);
    this.one = MessageBatch.allocate(1, options.datagramBytes());
  }

  /** Who is meant where no address is said. */
  void connected(SocketAddress name, SocketAddress ownName) {
    connected = Opening.ours(name);
    alias = Opening.ours(ownName);
  }

  /** One name for each peer; null for the connected one if that is not known. */
  @Nullable SocketAddress name(@Nullable SocketAddress to) {
    SocketAddress name = to == null ? connected : Opening.ours(to);
    return name != null && name.equals(alias) ? connected : name;
  }

  private @Nullable Waiting find(@Nullable SocketAddress to) {
    SocketAddress name = count == 0 ? null : name(to);
    return name == null ? null : waiting.get(name);
  }

  /** How many datagrams wait. */
  int count() {
    return count;
  }

  /** How many may wait for one peer before it is full. */
  int share() {
    return share;
  }

  /** How many messages stand before the first one to a peer whose earlier ones wait here. */
  int countBefore(MessageBatch out) {
    int before = 0;
    if (count == 0) {
      return out.count();
    }
    while (before < out.count() && find(out.peer(before)) == null) {
      before++;
    }
    return before;
  }

  /**
   * Whether one more may be sent to a peer; before it says no, what waits is offered. Those of whom
   * it said no are told of by {@link #takeNews}.
   */
  boolean hasRoomFor(@Nullable SocketAddress to) {
    Waiting peer = find(to);
    if (peer == null || hasRoom(peer)) {
      return true;
    }
    offer(peer);
    if (sender.hasWork()) {
      endpoint.flushSoon();
    }
    if (peer.datagrams.isEmpty()) {
      waiting.remove(peer.name);
      return true;
    }
    boolean has = hasRoom(peer);
    peer.isMissed |= !has;
    return has;
  }

  private boolean hasRoom(Waiting peer) {
    return peer.datagrams.size() < share && count < capacity;
  }

  /** Whether somebody has room again to whom no more could be sent; it is said once. */
  boolean takeNews() {
    boolean had = hasNews;
    hasNews = false;
    return had;
  }

  boolean hasNews() {
    return hasNews;
  }

  /**
   * Whether EAGAIN was for the lack of room at a peer of whom no event tells. Else one does in
   * general: but the kernel wants most of the socket's buffer free for that, and who does not read
   * may keep it for ever; so it is tried again without an event, too.
   *
   * <p>The name of the connected peer may be another's by now, as after a restart: where the socket
   * is writable, an event would say so again and again, and there is no room all the same.
   */
  boolean isForeign(@Nullable SocketAddress to) {
    SocketAddress name = name(to);
    boolean foreign =
        name != null && (name.equals(connected) ? to != null && isWritable() : isBufferFree());
    if (!foreign && !again.isScheduled()) {
      pauseNanos = Connecting.FIRST_PAUSE_NANOS;
      loop.schedule(again, pauseNanos);
    }
    return foreign;
  }

  private boolean isWritable() {
    return (LoopNet.of(loop).poll(fd, Linux.POLLOUT) & Linux.POLLOUT) != 0;
  }

  /** Whether the socket's own buffer has room, and so takes a datagram of any size. */
  private boolean isBufferFree() {
    int usedBytes = LoopNet.of(loop).ioctl(loop.sys(), fd, Linux.TIOCOUTQ);
    try {
      return usedBytes < Sockets.option(loop.sys(), fd, Linux.SOL_SOCKET, Linux.SO_SNDBUF);
    } catch (SysException e) {
      return true; // it is asked again, whatever it was
    }
  }

  /** Takes a copy of a datagram; false if there is no room for it. */
  boolean add(@Nullable SocketAddress to, ByteBuffer data) {
    SocketAddress name = name(to);
    if (count == capacity || name == null) {
      return false;
    }
    if (count == 0) {
      pauseNanos = Connecting.FIRST_PAUSE_NANOS;
      loop.schedule(again, pauseNanos);
    }
    ByteBuffer copy = ByteBuffer.allocate(data.remaining()).put(data).flip();
    waiting.computeIfAbsent(name, Waiting::new).datagrams.add(copy);
    count++;
    return true;
  }

  private void tryAgain() {
    boolean gotOn = false;
    try {
      gotOn = offer();
    } finally { // whatever became of this time
      pauseNanos =
          gotOn
              ? Connecting.FIRST_PAUSE_NANOS
              : Math.min(2 * pauseNanos, Connecting.MOST_PAUSE_NANOS);
      if (count > 0 || sender.isBlocked()) {
        loop.schedule(again, pauseNanos);
      }
    }
    if (sender.hasWork() || sender.isBlocked()) {
      endpoint.flushSoon(); // to tell what became of some, and to offer the others
    }
  }

  /** Offers each peer what waits for it, until it has no room; whether any of it is gone. */
  private boolean offer() {
    int before = count;
    Iterator<Waiting> peers = waiting.values().iterator();
    while (peers.hasNext()) {
      Waiting each = peers.next();
      offer(each);
      if (each.datagrams.isEmpty()) {
        peers.remove();
      }
    }
    return count < before;
  }

  private void offer(Waiting peer) {
    int before = peer.datagrams.size();
    while (!peer.datagrams.isEmpty() && offer(peer.name, peer.datagrams.element())) {
      peer.datagrams.remove();
      count--;
    }
    int left = peer.datagrams.size();
    if (peer.isMissed && left < before && left <= share / 2) {
      peer.isMissed = false;
      hasNews = true;
    }
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

  /** What waits for one peer. */
  private static final class Waiting {

    final SocketAddress name;
    final ArrayDeque<ByteBuffer> datagrams = new ArrayDeque<>();

    /** Whether one more was dropped, and its sender not told of room since. */
    boolean isMissed;

    Waiting(SocketAddress name) {
      this.name = name;
    }
  }
}
