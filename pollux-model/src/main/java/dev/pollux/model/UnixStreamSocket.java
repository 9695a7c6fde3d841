package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.UnixAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A Unix domain stream socket: unconnected, listener, or one end of a pair.
 *
 * <p>What is sent goes straight into the peer's queue, in chunks, and counts against the sender's
 * buffer until the peer has read the whole chunk; each chunk read is an edge for the writer. Out of
 * band data and ancillary data are not modelled.
 *
 * <p>Source: unix(7); {@code net/unix/af_unix.c} for the masks and sizes.
 */
final class UnixStreamSocket implements Socket {

  /** net.core.wmem_default */
  static final int BUFFER_BYTES = 212_992;

  private final Kernel kernel;
  private final SocketOptions options;
  private final WaitQueue queue = new WaitQueue();
  private final ArrayDeque<Segment> received = new ArrayDeque<>();
  private int receivedBytes;

  /** What the chunks that the peer has not read cost this sender. */
  private int charged;

  private int shut;
  private int error;
  private boolean dead;
  private @Nullable Backlog<UnixStreamSocket> backlog;

  /** Calls that wait until the backlog of this listener has room. */
  private final WaitQueue connectors = new WaitQueue();

  private @Nullable UnixStreamSocket peer;
  private UnixAddress local = UnixAddress.unnamed();

  UnixStreamSocket(Kernel kernel) {
    this.kernel = kernel;
    this.options =
        new SocketOptions(Linux.AF_UNIX, Linux.SOCK_STREAM, 0, BUFFER_BYTES, BUFFER_BYTES);
  }

  /** Connects two new sockets. */
  static void pair(UnixStreamSocket a, UnixStreamSocket b) {
    a.peer = b;
    b.peer = a;
  }

  @Override
  public String kind() {
    return backlog == null ? "unix" : "unix-listener";
  }

  @Override
  public SocketOptions options() {
    return options;
  }

  @Override
  public WaitQueue queue() {
    return queue;
  }

  @Override
  public int poll() {
    if (backlog != null) {
      return (backlog.isEmpty() ? 0 : READABLE) | ((shut & RECEIVE_SHUT) == 0 ? 0 : hangupMask());
    }
    int mask = error == 0 ? 0 : Linux.EPOLLERR;
    mask |= hangupMask();
    mask |= received.isEmpty() ? 0 : READABLE;
    mask |= peer == null ? Linux.EPOLLHUP : 0;
    return mask | (isWritable() ? WRITABLE_BAND : 0);
  }

  private int hangupMask() {
    int mask = (shut & RECEIVE_SHUT) == 0 ? 0 : READABLE | Linux.EPOLLRDHUP;
    return mask | (shut == BOTH_SHUT ? Linux.EPOLLHUP : 0);
  }

  /** Three quarters of the buffer are free. */
  private boolean isWritable() {
    return (charged + 1) << 2 <= options.sendBytes;
  }

  // ---- names and connections

  @Override
  public int bind(SocketAddress address) {
    if (!local.isUnnamed()) {
      return -Errno.EINVAL;
    }
    UnixAddress bound = kernel.network.bindName(this, (UnixAddress) address);
    if (bound == null) {
      return -Errno.EADDRINUSE;
    }
    local = bound;
    return 0;
  }

  @Override
  public SocketAddress localAddress() {
    return local;
  }

  @Override
  public @Nullable SocketAddress peerAddress() {
    return peer == null ? null : peer.local;
  }

  @Override
  public int listen(int limit) {
    if (local.isUnnamed() || peer != null) {
      return -Errno.EINVAL;
    }
    if (backlog == null) {
      backlog = new Backlog<>(limit);
    } else {
      backlog.limit(limit);
      connectors.wakeAll(0);
    }
    return 0;
  }

  @Override
  public boolean isListening() {
    return backlog != null;
  }

  @Override
  public @Nullable UnixStreamSocket takeConnection() {
    if (backlog == null) {
      return null;
    }
    UnixStreamSocket child = backlog.poll();
    if (child != null) {
      connectors.wake(0);
    }
    return child;
  }

  @Override
  public boolean endsBlockedAccepts() {
    return (shut & RECEIVE_SHUT) != 0;
  }

  @Override
  public int connect(@Nullable SocketAddress target) {
    if (target == null) {
      return -Errno.EINVAL;
    }
    Socket found = kernel.network.find(target);
    if (found == null) {
      boolean isPath = !((UnixAddress) target).isAbstract();
      return isPath ? -Errno.ENOENT : -Errno.ECONNREFUSED;
    }
    if (!(found instanceof UnixStreamSocket listener)) {
      return -Errno.EPROTOTYPE;
    }
    if (listener.backlog == null || (listener.shut & RECEIVE_SHUT) != 0) {
      return -Errno.ECONNREFUSED;
    }
    if (listener.backlog.isFull() || kernel.hits(Fault.BACKLOG_OVERFLOW)) {
      return -Errno.EAGAIN;
    }
    if (peer != null) {
      return -Errno.EISCONN;
    }
    if (backlog != null) {
      return -Errno.EINVAL;
    }
    UnixStreamSocket child = new UnixStreamSocket(kernel);
    child.local = listener.local;
    pair(this, child);
    listener.backlog.add(child);
    listener.tellReadable();
    return 0;
  }

  /** Where a blocking connect to an address waits for room in the backlog; null if it need not. */
  static @Nullable WaitQueue connectQueue(Kernel kernel, SocketAddress target) {
    return kernel.network.find(target) instanceof UnixStreamSocket listener
        ? listener.connectors
        : null;
  }

  // ---- data

  @Override
  public int receive(Span to, int flags, Message message) {
    if ((flags & Linux.MSG_OOB) != 0) {
      return -Errno.EOPNOTSUPP;
    }
    if (backlog != null || (peer == null && !dead)) {
      return -Errno.EINVAL;
    }
    if (receivedBytes > 0) {
      boolean peek = (flags & Linux.MSG_PEEK) != 0;
      message.total += peek ? peek(to) : consume(to);
      if (peek || to.remaining() == 0 || message.total >= message.target) {
        return message.total;
      }
    }
    if (error != 0) {
      int pending = takeError(); // lost, if there is something to return instead
      return message.total > 0 ? message.total : -pending;
    }
    return (shut & RECEIVE_SHUT) != 0 ? message.total : -Errno.EAGAIN;
  }

  private int peek(Span to) {
    int total = 0;
    for (Segment segment : received) {
      total += to.put(segment.bytes, segment.start, segment.remaining());
    }
    return total;
  }

  private int consume(Span to) {
    int total = 0;
    while (!received.isEmpty() && to.remaining() > 0) {
      Segment segment = received.element();
      int n = to.put(segment.bytes, segment.start, segment.remaining());
      segment.start += n;
      total += n;
      if (segment.remaining() == 0) {
        received.remove();
        freed(segment);
      }
    }
    receivedBytes -= total;
    return total;
  }

  private void freed(Segment segment) {
    if (peer != null) {
      peer.charged -= BufferCost.ofStreamPiece(segment.bytes.length);
      if (!peer.dead && peer.isWritable()) {
        peer.tellWritable();
      }
    }
  }

  @Override
  public int available() {
    return backlog != null ? -Errno.EINVAL : receivedBytes;
  }

  @Override
  public int outgoing(boolean onlyUnsent) {
    return onlyUnsent ? -Errno.ENOTTY : charged;
  }

  @Override
  public int send(Span from, int flags, @Nullable SocketAddress target) {
    if ((flags & Linux.MSG_OOB) != 0) {
      return -Errno.EOPNOTSUPP;
    }
    if (target != null) {
      return peer != null ? -Errno.EISCONN : -Errno.EOPNOTSUPP;
    }
    if (peer == null) {
      return -Errno.ENOTCONN;
    }
    if ((shut & SEND_SHUT) != 0) {
      return -Errno.EPIPE;
    }
    int total = 0;
    while (from.remaining() > 0) {
      int failure = sendFailure();
      if (failure != 0) {
        return total > 0 ? total : failure;
      }
      int size =
          Math.min(
              from.remaining(),
              Math.min(BufferCost.MAX_STREAM_PIECE, (options.sendBytes >> 1) - 64));
      byte[] bytes = new byte[size];
      int n = from.take(bytes, 0, size);
      charged += BufferCost.ofStreamPiece(n);
      peer.received.add(new Segment(Segment.Kind.DATA, bytes));
      peer.receivedBytes += n;
      total += n;
      peer.tellReadable();
    }
    return total;
  }

  /** Who waits for room meets the error first; a new call meets the end of the stream first. */
  @Override
  public int sendAgain(Span from, int flags, @Nullable SocketAddress target) {
    return error != 0 ? -takeError() : send(from, flags, target);
  }

  private int sendFailure() {
    if (error != 0) {
      return -takeError();
    }
    if (charged >= options.sendBytes) {
      return -Errno.EAGAIN;
    }
    UnixStreamSocket to = Objects.requireNonNull(peer);
    if (to.dead || (to.shut & RECEIVE_SHUT) != 0) {
      // Its memory was taken and is given back, which is news to those who wait for room.
      if (isWritable()) {
        tellWritable();
      }
      return -Errno.EPIPE;
    }
    return 0;
  }

  // ---- the end

  @Override
  public int shutdown(int halves) {
    shut |= halves;
    tellState();
    if (peer != null) {
      int mirrored = (halves & SEND_SHUT) != 0 ? RECEIVE_SHUT : 0;
      mirrored |= (halves & RECEIVE_SHUT) != 0 ? SEND_SHUT : 0;
      peer.shut |= mirrored;
      peer.tellState();
    }
    return 0;
  }

  @Override
  public int exchangeError(int next) {
    int pending = error;
    error = next;
    return pending;
  }

  @Override
  public void abort() {
    release(true);
  }

  @Override
  public void released() {
    release(false);
  }

  /** Closes; that the connection was never accepted is an error to the other side. */
  private void release(boolean unaccepted) {
    dead = true;
    shut = BOTH_SHUT;
    if (!local.isUnnamed()) {
      kernel.network.unbindName(this, local);
    }
    if (peer != null && !peer.dead) {
      peer.shut = BOTH_SHUT;
      if (!received.isEmpty() || unaccepted) {
        peer.error = Errno.ECONNRESET;
      }
      peer.tellState();
    }
    while (!received.isEmpty()) {
      freed(received.remove());
    }
    if (backlog != null) {
      backlog.abortAll();
      connectors.wakeAll(0);
    }
  }
}
