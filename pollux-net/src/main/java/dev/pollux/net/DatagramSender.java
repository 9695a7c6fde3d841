package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.poll.Interest;
import dev.pollux.poll.Registration;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.MessageBatch;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.net.SocketAddress;
import java.util.ArrayDeque;

/**
 * The sending half of a {@link DatagramEndpoint}: what waits to be sent, and what became of it.
 *
 * <p>Ownership: the native memory is its own, the descriptor the endpoint's. Threads: the loop's.
 */
final class DatagramSender {

  private static final int FLAGS = Linux.MSG_DONTWAIT | Linux.MSG_NOSIGNAL;

  private final DatagramEndpoint endpoint;
  private final EventLoop loop;
  private final Sys sys;
  private final int fd;
  private final DatagramCalls calls;
  private final NetStats limits;
  private final MessageBatch out;

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
      DatagramOptions options,
      DatagramCalls calls) {
    this.endpoint = endpoint;
    this.loop = loop;
    this.sys = loop.sys();
    this.fd = fd;
    this.calls = calls;
    this.limits = NetStats.of(loop);
    this.out = MessageBatch.allocate(options.sendCapacity(), options.datagramBytes());
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
    return !notices.isEmpty() || (!blocked && !out.isEmpty());
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
      int n = out.send(sys, fd, FLAGS);
      if (n > 0) {
        sent += n;
        loop.progressed();
        resolveDoubt();
      } else if (n == -Errno.EAGAIN) {
        resolveDoubt();
        blocked = true;
        registration.drained(Interest.WRITABLE);
        break;
      } else if (n != -Errno.EINTR) {
        refused(n);
      }
    }
  }

  /**
   * Tells the handler what became of the datagrams, and, if it had to drop something, that half of
   * the room is free again. What comes up meanwhile is for the next time.
   */
  void tell() {
    for (int left = notices.size(); left > 0 && endpoint.isOpen(); left--) {
      notices.remove().run();
    }
    if (endpoint.isOpen() && starved && out.count() <= out.capacity() / 2) {
      starved = false;
      calls.drained();
    }
  }

  /**
   * Offers what waits to the kernel for the last time, and drops the rest. An error may be that of
   * a datagram sent earlier, so each is offered twice here, too; nobody is told any more.
   */
  void close() {
    boolean doubted = false;
    for (int attempts = 2 * out.count(); attempts > 0 && !out.isEmpty(); attempts--) {
      int n = out.send(sys, fd, FLAGS);
      if (n > 0) {
        sent += n;
        doubted = false;
      } else if (n == -Errno.EAGAIN) {
        break;
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

  DatagramStats stats(long received, long truncated) {
    return new DatagramStats(
        received, truncated, calls.failedCount(), sent, dropped, unsent, out.count());
  }

  private void refused(int result) {
    int before = doubt;
    doubt = before == 0 ? result : 0;
    if (before == 0) {
      return; // perhaps an error of an earlier datagram: offer it once more
    }
    SocketAddress peer = out.peer(0);
    out.removeFirst();
    unsent++;
    if (before != result) {
      earlierFailed(before);
    }
    String to = peer == null ? "its peer" : peer.toString();
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

  private void earlierFailed(int result) {
    SysException cause = endpoint.failure("sendmmsg", result);
    notices.add(() -> calls.failed(cause));
  }
}
