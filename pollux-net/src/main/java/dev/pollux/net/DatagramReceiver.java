package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.poll.Interest;
import dev.pollux.poll.Registration;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.MessageBatch;
import dev.pollux.sys.Segments;
import dev.pollux.sys.Sys;
import java.net.InetAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The receiving half of a {@link DatagramEndpoint}: what has come, and what the handler has not
 * seen of it.
 *
 * <p>Ownership: the native memory is its own, the descriptor the endpoint's. Threads: the loop's.
 */
final class DatagramReceiver {

  private static final int MAX_BYTES = 65_535; // what a header of UDP can say

  private final DatagramEndpoint endpoint;
  private final EventLoop loop;
  private final Sys sys;
  private final int fd;
  private final DatagramOptions options;
  private final DatagramCalls calls;
  private final MessageBatch in;

  /** The first message of {@link #in} that the handler has not seen. */
  private int next;

  /** Where its next datagram begins: the kernel may have left several in one message. */
  private int nextStart;

  /** The message of {@link #in} the handler is looking at, or -1. */
  private int current = -1;

  /** Whether the descriptor may be readable without an event to come. */
  private boolean moreToReceive;

  /** The new peer, while there may be datagrams that others sent before it was; else null. */
  private @Nullable SocketAddress onlyFrom;

  private boolean paused;
  private long received;
  private long truncated;
  private long dropped;

  DatagramReceiver(
      DatagramEndpoint endpoint,
      EventLoop loop,
      int fd,
      DatagramOptions options,
      DatagramCalls calls) {
    this.endpoint = endpoint;
    this.loop = loop;
    this.sys = loop.sys();
    this.fd = fd;
    this.options = options;
    this.calls = calls;
    boolean together = options.receiveSegments() && Segments.ask(sys, fd);
    int bytes = together ? MAX_BYTES : options.datagramBytes();
    this.in =
        MessageBatch.allocate(options.receiveBatch(), Math.max(bytes, options.datagramBytes()));
  }

  boolean isPaused() {
    return paused;
  }

  void setPaused(boolean isPaused) {
    paused = isPaused;
  }

  /** Drops what came from others, and was not delivered yet. */
  void onlyFrom(SocketAddress peer) {
    onlyFrom = peer;
  }

  /** Whether something can be received or given without an event to come. */
  boolean hasWork() {
    return !paused && (next < in.count() || moreToReceive);
  }

  /** Gives what has come to the handler, as far as a turn goes. */
  void receive(Registration registration) {
    int left = options.receivePerTurn();
    boolean last = false;
    moreToReceive = false;
    while (endpoint.isOpen() && !paused) {
      if (next < in.count()) {
        deliver();
      } else if (last) {
        return; // by level: an event tells if there is more
      } else if (left == 0) {
        moreToReceive = options.edge(); // by level, an event tells
        if (moreToReceive) {
          endpoint.flushSoon();
        }
        return;
      } else {
        int asked = Math.min(left, in.capacity());
        next = 0;
        int n = in.receive(sys, fd, asked, Linux.MSG_DONTWAIT);
        if (n == -Errno.EAGAIN) {
          onlyFrom = null; // from here on the kernel sees to it
          registration.drained(Interest.READABLE);
          return;
        }
        left = Math.max(0, left - Math.max(in.segmentCount(), 1));
        loop.progressed();
        last = !options.edge() && n >= 0 && n < asked;
        if (n < 0 && n != -Errno.EINTR) {
          endpoint.receiveFailed(n);
        }
      }
    }
    moreToReceive = options.edge(); // paused before the kernel said that there is no more
  }

  private void deliver() {
    int index = next;
    int start = nextStart;
    int sizeBytes = Math.min(in.segmentBytes(index), in.sizeBytes(index) - start);
    nextStart = start + sizeBytes;
    if (nextStart == in.sizeBytes(index)) {
      next++;
      nextStart = 0;
    }
    if (onlyFrom != null && !onlyFrom.equals(in.peer(index))) {
      dropped++;
      return;
    }
    received++;
    int shown = Math.min(sizeBytes, options.datagramBytes());
    boolean cut = in.isTruncated(index) || shown < sizeBytes;
    truncated += cut ? 1 : 0;
    current = index;
    try {
      calls.received(in, index, start, shown, cut);
    } finally {
      current = -1;
    }
  }

  // ---- the datagram that the handler is looking at

  /** What has come. */
  MessageBatch in() {
    return in;
  }

  /** Its index. */
  int current(String what) {
    if (current < 0) {
      throw new IllegalStateException(what + " outside of received()");
    }
    return current;
  }

  @Nullable InetAddress destination() {
    return in.destination(current("a destination"));
  }

  @Nullable InetAddress replySource() {
    return in.replySource(current("a reply's source"));
  }

  long receivedCount() {
    return received;
  }

  /** How many came from strangers before the connect. */
  long droppedCount() {
    return dropped;
  }

  long truncatedCount() {
    return truncated;
  }
}
