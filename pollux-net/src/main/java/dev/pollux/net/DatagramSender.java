package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.poll.Interest;
import dev.pollux.poll.Registration;
import dev.pollux.sys.Addresses;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.MessageBatch;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a {@link DatagramEndpoint}: what waits to be sent, and what became of it.
 *
 * <p>Ownership: the native memory is its own, the descriptor the endpoint's. Threads: the loop's.
 */
final class DatagramSender {

  static final int FLAGS = Linux.MSG_DONTWAIT | Linux.MSG_NOSIGNAL;

  private final DatagramEndpoint endpoint;
  private final EventLoop loop;
  private final Sys sys;
  private final int fd;
  private final DatagramCalls calls;
  private final NetStats limits;
  private final MessageBatch out;

  /** Who has no room; null where that is not told of a receiver. */
  private final @Nullable FullPeers full;

  /** What the handler is yet to be told, in its own turn; as many as {@link #out} holds, or so. */
  private final ArrayDeque<Runnable> notices = new ArrayDeque<>();

  /** Whether the kernel has no room, and says when it has. */
  private boolean blocked;

  /** Whether a datagram was dropped since the handler was told of room. */
  private boolean starved;

  /** The result with which the first message of {@link #out} was refused the first time, or 0. */
  private int doubt;

  private long sent;
  private long dropped;
  private long unsent;

  DatagramSender(
      DatagramEndpoint endpoint,
      EventLoop loop,
      int fd,
      boolean unix,
      DatagramOptions options,
      DatagramCalls calls) {
    this.endpoint = endpoint;
    this.loop = loop;
    this.sys = loop.sys();
    this.fd = fd;
    this.calls = calls;
    this.limits = NetStats.of(loop);
    this.out = MessageBatch.allocate(options.sendCapacity(), options.datagramBytes());
    this.full = unix ? new FullPeers(endpoint, this, loop, fd, options) : null;
    if (options.sendSegments()) {
      boolean _ = out.sendSegments(sys, fd); // or else each goes by itself
    }
  }

  /** What waits. */
  MessageBatch out() {
    return out;
  }

  /** Whether the kernel has no room, so that an event tells when to go on. */
  boolean isBlocked() {
    return blocked;
  }

  /** Whether something can be sent or told without an event to come. */
  boolean hasWork() {
    boolean hasNews = full != null && full.hasNews();
    return hasNews || !notices.isEmpty() || (!blocked && !out.isEmpty());
  }

  /** Whether so much waits for Unix peers that it is to be seen which of them have room. */
  boolean isAtShare() {
    return full != null && out.count() >= full.share();
  }

  /** Whether a datagram is dropped, because others wait for its peer to have room. */
  boolean drops(@Nullable SocketAddress to) {
    if (full == null || full.hasRoomFor(to)) {
      return false;
    }
    dropped++;
    limits.refuse(Limit.DATAGRAM_QUEUE);
    return true;
  }

  /**
   * Connects the socket to a peer; the name that this one gave itself. What is still to go to the
   * one before goes to its address.
   */
  SocketAddress connect(SocketAddress peer) throws SysException {
    SocketAddress before = out.isEmpty() ? null : connectedPeer();
    boolean _ = Sockets.connect(sys, fd, peer);
    if (before != null) {
      out.readdress(before);
    }
    SocketAddress ownName = Sockets.peerAddress(sys, fd);
    if (full != null) {
      full.connected(peer, ownName);
    }
    return ownName;
  }

  private @Nullable SocketAddress connectedPeer() {
    try {
      SocketAddress peer = Sockets.peerAddress(sys, fd);
      return full == null ? peer : full.name(peer);
    } catch (SysException _) {
      return null; // there is none
    }
  }

  /** There was no room for a datagram. */
  void droppedOne() {
    dropped++;
    starved = true;
    limits.refuse(Limit.DATAGRAM_QUEUE);
  }

  /**
   * Sends what waits, as far as the kernel takes it; each datagram is offered twice at most. Calls
   * nobody: what the handler is to know is for {@link #tell}.
   */
  void offer(Registration registration) {
    blocked = false;
    int attempts = 2 * out.count();
    while (!out.isEmpty() && attempts > 0 && notices.size() < out.capacity()) {
      attempts--;
      int limit = full == null ? out.count() : full.countBefore(out);
      int n = limit == 0 ? -Errno.EAGAIN : out.send(sys, fd, FLAGS, limit);
      if (n > 0) {
        sent(n);
        resolveDoubt();
      } else if (n == -Errno.EAGAIN) {
        resolveDoubt();
        if (!setAside(limit > 0)) {
          blocked = true;
          registration.drained(Interest.WRITABLE);
          break;
        }
      } else if (n != -Errno.EINTR) {
        refused(n);
      }
    }
  }

  /**
   * Whether those behind the first message may go before it.
   *
   * @param offered whether the kernel has said that there is no room for it; else the earlier ones
   *     to its peer are set aside
   */
  private boolean setAside(boolean offered) {
    SocketAddress peer = out.peer(0);
    if (full == null || (offered && !full.isForeign(peer))) {
      return false; // the room of this socket, or of its only peer: an event tells
    }
    if (!full.add(peer, out.data(0))) {
      limits.refuse(Limit.DATAGRAM_QUEUE);
      unsent(peer, -Errno.EAGAIN);
    }
    out.removeFirst();
    return true;
  }

  /**
   * Tells the handler what became of the datagrams, and, if it had to drop something, that half of
   * the room for it is free again. What comes up meanwhile is for the next time.
   */
  void tell() {
    for (int left = notices.size(); left > 0 && endpoint.isOpen(); left--) {
      notices.remove().run();
    }
    boolean isFree = starved && out.count() <= out.capacity() / 2;
    if (endpoint.isOpen() && ((full != null && full.takeNews()) || isFree)) {
      starved &= !isFree;
      calls.drained();
    }
  }

  /**
   * Offers what waits to the kernel for the last time, and drops the rest. An error may be that of
   * a datagram sent earlier, so each is offered twice here, too; nobody is told any more.
   */
  void close() {
    if (full != null) {
      dropped += full.close();
    }
    boolean doubted = false;
    for (int attempts = 2 * out.count(); attempts > 0 && !out.isEmpty(); attempts--) {
      int limit = full == null ? out.count() : full.countBefore(out);
      int n = limit == 0 ? -Errno.EAGAIN : out.send(sys, fd, FLAGS, limit);
      if (n > 0) {
        sent += n;
        doubted = false;
      } else if (n == -Errno.EAGAIN) {
        if (full == null) {
          break;
        }
        out.removeFirst(); // the next one may go to somebody who has room
        dropped++;
        doubted = false;
      } else if (n != -Errno.EINTR) {
        if (doubted) {
          out.removeFirst();
          unsent++;
        }
        doubted = !doubted;
      }
    }
    dropped += out.count();
    out.clear();
  }

  DatagramStats stats(long received, long truncated, long strangers) {
    int queued = out.count() + (full == null ? 0 : full.count());
    return new DatagramStats(
        received, truncated, calls.failedCount(), sent, dropped + strangers, unsent, queued);
  }

  private void refused(int result) {
    int before = doubt;
    doubt = before == 0 ? result : 0;
    if (before == 0) {
      return; // perhaps an error of an earlier datagram: offer it once more
    }
    if (before != result) {
      earlierFailed(before);
    }
    unsent(out.peer(0), result);
    out.removeFirst();
  }

  /** The kernel took datagrams. */
  void sent(int count) {
    sent += count;
    loop.progressed();
  }

  /** The kernel refused a datagram, and it is dropped. */
  void unsent(@Nullable SocketAddress peer, int result) {
    unsent++;
    String to = peer == null ? "its peer" : Addresses.text(peer);
    SysException cause = SysException.of("sendmmsg(fd=" + fd + ", to " + to + ")", result);
    notices.add(() -> calls.unsent(peer, cause));
  }

  /** The first message was not what the kernel complained about. */
  private void resolveDoubt() {
    int result = doubt;
    if (result != 0) {
      doubt = 0;
      earlierFailed(result);
    }
  }

  /** The kernel complained about a datagram that it had taken earlier. */
  void earlierFailed(int result) {
    SysException cause = endpoint.failure("sendmmsg", result);
    notices.add(() -> calls.failed(cause));
  }
}
