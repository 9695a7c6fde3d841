package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopHandler;
import dev.pollux.poll.Event;
import dev.pollux.poll.Interest;
import dev.pollux.poll.Registration;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.MessageBatch;
import dev.pollux.sys.PacketInfo;
import dev.pollux.sys.Segments;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A datagram socket on an event loop: UDP for an IP address, else Unix.
 *
 * <p>What is sent in a turn goes out by one system call in the flush of the next, in order; what
 * has come is received by one system call for a batch. Datagrams may be lost, doubled and
 * reordered: that is the network's promise, and this class adds to it only that it counts what it
 * drops itself.
 *
 * <h2>Limits</h2>
 *
 * <p>{@link DatagramOptions#sendCapacity} datagrams wait to be sent. Before one more is dropped,
 * those that wait are offered to the kernel; if it has no room either, {@link #send} says false,
 * {@link #stats} counts it, and {@link DatagramHandler#drained} tells when there is room again. A
 * turn receives at most {@link DatagramOptions#receivePerTurn}.
 *
 * <h2>Errors</h2>
 *
 * <p>The kernel tells an error that a datagram sent earlier has met, such as ECONNREFUSED, to
 * whatever call comes next. So a datagram that is refused is offered once more: if it is refused
 * again the error is its own, it is dropped, and {@link DatagramHandler#unsent} is told; else
 * {@link DatagramHandler#failed} is. Neither closes the endpoint.
 *
 * <p>Ownership: the descriptor and the native memory are the endpoint's; {@link #close} gives the
 * descriptor back. Threads: the loop's, always checked, except for {@link #isOpen}. Blocking:
 * never.
 *
 * <p>Not guaranteed: that a target of the other IP family can be reached; an IPv6 socket that is
 * not v6-only reaches IPv4 on Linux.
 */
public final class DatagramEndpoint implements AutoCloseable {

  private static final int MAX_BYTES = 65_535; // what a header of UDP can say

  private final EventLoop loop;
  private final Sys sys;
  private final DatagramOptions options;
  private final DatagramCalls calls;
  private final int fd;
  private final Multicast multicast;
  private final Trigger trigger;
  private final Watcher watcher = new Watcher();
  private final Registration registration;
  private final @Nullable UnixPath path;
  private final MessageBatch in;
  private final DatagramSender sender;

  /** The first message of {@link #in} that the handler has not seen. */
  private int next;

  /** Where its next datagram begins: the kernel may have left several in one message. */
  private int nextStart;

  /** The message of {@link #in} the handler is looking at, or -1. */
  private int current = -1;

  /** Whether the descriptor may be readable without an event to come. */
  private boolean moreToReceive;

  private boolean paused;
  private boolean flushAsked;
  private volatile boolean open = true;
  private @Nullable Throwable cause;

  private long received;
  private long truncated;

  private DatagramEndpoint(
      EventLoop loop,
      int fd,
      @Nullable UnixPath path,
      DatagramOptions options,
      DatagramHandler handler)
      throws SysException {
    this.path = path;
    this.loop = loop;
    this.sys = loop.sys();
    this.options = options;
    this.calls = new DatagramCalls(this, loop, handler);
    this.fd = fd;
    this.trigger = options.edge() ? Trigger.EDGE : Trigger.LEVEL;
    int family = Sockets.option(sys, fd, Linux.SOL_SOCKET, Linux.SO_DOMAIN);
    this.multicast = new Multicast(sys, fd, family);
    boolean together = options.receiveSegments() && Segments.ask(sys, fd);
    int bytes = together ? MAX_BYTES : options.datagramBytes();
    this.in =
        MessageBatch.allocate(options.receiveBatch(), Math.max(bytes, options.datagramBytes()));
    this.sender = new DatagramSender(this, loop, fd, options, calls);
    this.registration = loop.add(fd, Interest.READABLE, trigger, watcher);
  }

  /**
   * Opens a socket, binds it and watches it.
   *
   * @param wanted where it receives; port 0, or the unnamed Unix address, lets the kernel choose; a
   *     wildcard address is that of both IP families, unless {@link DatagramOptions#families} says
   *     otherwise
   * @throws SysException if the kernel refuses a step; then nothing is left open
   */
  public static DatagramEndpoint open(
      EventLoop loop, SocketAddress wanted, DatagramOptions options, DatagramHandler handler)
      throws SysException {
    loop.requireInLoop("DatagramEndpoint.open");
    SocketAddress address = Opening.ours(wanted);
    Sys sys = loop.sys();
    Opening.makeRoom(sys, address, options.replaceStale());
    int fd =
        Opening.bound(
            sys, Linux.SOCK_DGRAM, address, options.families(), each -> options.apply(sys, each));
    UnixPath path = UnixPath.ofBound(sys, address);
    boolean done = false;
    try {
      if (Opening.isWildcard(address)) {
        int family = Sockets.option(sys, fd, Linux.SOL_SOCKET, Linux.SO_DOMAIN);
        boolean _ = PacketInfo.ask(sys, fd, family); // or else it goes on without
      }
      DatagramEndpoint endpoint = new DatagramEndpoint(loop, fd, path, options, handler);
      done = true;
      return endpoint;
    } finally {
      if (!done) {
        UnixPath.removeIfAny(path);
        int _ = sys.close(fd);
      }
    }
  }

  /**
   * Receives from this peer only, sends to it by {@link #send(ByteBuffer)}, and learns what becomes
   * of that: see {@link DatagramHandler#failed}.
   */
  public void connect(SocketAddress peer) throws SysException {
    requireOpen("DatagramEndpoint.connect");
    boolean _ = Sockets.connect(sys, fd, peer);
  }

  // ---- sending

  /** As {@link #send(ByteBuffer, SocketAddress)}, to the peer it is connected to. */
  public boolean send(ByteBuffer data) {
    requireOpen("DatagramEndpoint.send");
    MessageBatch out = sender.out();
    return queued(out.append(data, null) || (makeRoom() && out.append(data, null)));
  }

  /**
   * Sends a datagram of all that remains of the data. The bytes are copied; the data is consumed.
   *
   * @return false if {@link DatagramOptions#sendCapacity} datagrams wait already, and the kernel
   *     has no room for them: this one is dropped, and its data not consumed
   * @throws IllegalArgumentException if it is longer than {@link DatagramOptions#datagramBytes}, or
   *     no socket can have such an address
   */
  public boolean send(ByteBuffer data, SocketAddress to) {
    requireOpen("DatagramEndpoint.send");
    MessageBatch out = sender.out();
    return queued(out.append(data, to) || (makeRoom() && out.append(data, to)));
  }

  /**
   * As {@link #send(ByteBuffer, SocketAddress)}, from one of this host's addresses. One that is not
   * is told by {@link DatagramHandler#unsent}: EINVAL, ENETUNREACH.
   */
  public boolean send(ByteBuffer data, SocketAddress to, InetAddress from) {
    requireOpen("DatagramEndpoint.send");
    MessageBatch out = sender.out();
    return queued(out.append(data, to, from) || (makeRoom() && out.append(data, to, from)));
  }

  /**
   * As {@link #send(ByteBuffer, SocketAddress)}, to the sender of the datagram that {@link
   * DatagramHandler#received} is looking at; the address need not be decoded for that. The answer
   * leaves from the address that was asked, see {@link #destination}; where that is a group's, from
   * one that the kernel chooses.
   *
   * @throws IllegalStateException outside of {@code received}
   */
  public boolean reply(ByteBuffer data) {
    requireOpen("DatagramEndpoint.reply");
    if (current < 0) {
      throw new IllegalStateException("a reply outside of received()");
    }
    MessageBatch out = sender.out();
    return queued(out.append(data, in, current) || (makeRoom() && out.append(data, in, current)));
  }

  /**
   * To which of this host's addresses, or to which group, the datagram was sent that {@link
   * DatagramHandler#received} is looking at. Null where the kernel does not say: that it is asked
   * only of a socket that is bound to a wildcard address, and that not every kernel can.
   *
   * @throws IllegalStateException outside of {@code received}
   */
  public @Nullable InetAddress destination() {
    requireOpen("DatagramEndpoint.destination");
    if (current < 0) {
      throw new IllegalStateException("a destination outside of received()");
    }
    return in.destination(current);
  }

  /** Offers what waits to the kernel, unless that has said that it will tell when to. */
  private boolean makeRoom() {
    if (sender.isBlocked()) {
      return false;
    }
    sender.offer(registration);
    flushSoon(); // to watch for what that led to, and to tell of it
    return true;
  }

  private boolean queued(boolean added) {
    if (!added) {
      sender.droppedOne();
    } else if (!sender.isBlocked()) {
      flushSoon();
    }
    return added;
  }

  private void flushSoon() {
    if (!flushAsked) {
      loop.flushLater(watcher);
      flushAsked = true;
    }
  }

  private void sendQueued() {
    sender.offer(registration);
    watch();
    sender.tell();
    if (open && sender.hasWork()) {
      flushSoon();
    }
  }

  /** A call on the descriptor that failed. */
  SysException failure(String call, int result) {
    return SysException.of(call + "(fd=" + fd + ")", result);
  }

  // ---- receiving

  /** Stops receiving: what comes waits in the kernel, and is lost when there is no room. */
  public void pause() {
    requireOpen("DatagramEndpoint.pause");
    paused = true;
    watch();
  }

  /** Receives again. */
  public void resume() {
    requireOpen("DatagramEndpoint.resume");
    paused = false;
    watch();
    if (next < in.count() || moreToReceive) {
      flushSoon();
    }
  }

  private void receive() {
    int left = options.receivePerTurn();
    boolean last = false;
    moreToReceive = false;
    while (open && !paused) {
      if (next < in.count()) {
        deliver();
      } else if (last) {
        return; // by level: an event tells if there is more
      } else if (left == 0) {
        moreToReceive = options.edge(); // by level, an event tells
        if (moreToReceive) {
          flushSoon();
        }
        return;
      } else {
        int asked = Math.min(left, in.capacity());
        next = 0;
        int n = in.receive(sys, fd, asked, Linux.MSG_DONTWAIT);
        if (n == -Errno.EAGAIN) {
          registration.drained(Interest.READABLE);
          return;
        }
        left = Math.max(0, left - Math.max(in.segmentCount(), 1));
        loop.progressed();
        last = !trigger.isEdge() && n >= 0 && n < asked;
        if (n < 0 && n != -Errno.EINTR) {
          receiveFailed(n);
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

  private void receiveFailed(int result) {
    SysException failure = failure("recvmmsg", result);
    switch (-result) {
      case Errno.EBADF, Errno.ENOTSOCK, Errno.EINVAL, Errno.EFAULT, Errno.ENOSYS -> close(failure);
      default -> calls.failed(failure);
    }
  }

  // ---- what it is bound to

  /** The descriptor, for options that have no method here. It stays the endpoint's. */
  public int fd() {
    return fd;
  }

  /** Where it receives. */
  public SocketAddress localAddress() throws SysException {
    requireOpen("DatagramEndpoint.localAddress");
    return Sockets.localAddress(sys, fd);
  }

  /**
   * Joins a multicast group.
   *
   * @param device where to listen for it; null lets the kernel choose
   */
  public void join(InetAddress group, @Nullable NetworkInterface device) throws SysException {
    requireOpen("DatagramEndpoint.join");
    multicast.membership(true, group, device);
  }

  /** Leaves a multicast group, as it was joined. */
  public void leave(InetAddress group, @Nullable NetworkInterface device) throws SysException {
    requireOpen("DatagramEndpoint.leave");
    multicast.membership(false, group, device);
  }

  /** Where multicast datagrams go out; before, the routing table says. */
  public void multicastInterface(NetworkInterface device) throws SysException {
    requireOpen("DatagramEndpoint.multicastInterface");
    multicast.device(device);
  }

  /** Whether multicast datagrams come back to this machine; they do, until this says no. */
  public void multicastLoopback(boolean on) throws SysException {
    requireOpen("DatagramEndpoint.multicastLoopback");
    multicast.loopback(on);
  }

  /** How many networks a multicast datagram may cross, from 0 to 255; 1 at first. */
  public void multicastHops(int count) throws SysException {
    requireOpen("DatagramEndpoint.multicastHops");
    multicast.multicastHops(count);
  }

  /** How many networks any other datagram may cross (its time to live), from 1 to 255. */
  public void hops(int count) throws SysException {
    requireOpen("DatagramEndpoint.hops");
    multicast.hops(count);
  }

  // ---- life

  /** Whether it is not closed. Any thread. */
  public boolean isOpen() {
    return open;
  }

  /** What it has done so far. */
  public DatagramStats stats() {
    loop.requireInLoop("DatagramEndpoint.stats");
    return sender.stats(received, truncated);
  }

  /**
   * Closes the endpoint: what waits to be sent is offered to the kernel, whatever became of what
   * was sent before, and dropped as far as there is no room for it. The handler is told at the end
   * of the turn. Idempotent.
   */
  @Override
  public void close() {
    loop.requireInLoop("DatagramEndpoint.close");
    close(null);
  }

  private void close(@Nullable Throwable why) {
    if (!open) {
      return;
    }
    loop.closeLater(watcher); // first: if this fails, it can be closed again
    open = false;
    cause = why;
    sender.close();
    registration.remove();
  }

  private void requireOpen(String call) {
    loop.requireInLoop(call);
    if (!open) {
      throw new IllegalStateException(this + " is closed");
    }
  }

  /** Watches for what is wanted now. */
  private void watch() {
    Interest wanted =
        (paused ? Interest.NONE : Interest.READABLE)
            .with(sender.isBlocked() ? Interest.WRITABLE : Interest.NONE);
    if (wanted.equals(registration.interest())) {
      return;
    }
    try {
      registration.modify(wanted, trigger);
    } catch (SysException e) {
      close(e);
    }
  }

  @Override
  public String toString() {
    return "datagram endpoint (fd " + fd + (open ? ")" : ", closed)");
  }

  /** What the loop calls. */
  private final class Watcher implements LoopHandler {

    @Override
    public void ready(Event event) {
      if (event.isWritable()) {
        sendQueued();
      }
      if (open && event.isReadable()) {
        receive();
      }
    }

    @Override
    public void flush() {
      flushAsked = false;
      if (open) {
        sendQueued();
      }
      if (open && !paused && (next < in.count() || moreToReceive)) {
        receive();
      }
    }

    @Override
    public void dispose() {
      UnixPath.removeIfAny(path); // first: then nobody finds it who would be refused
      int _ = sys.close(fd);
      calls.closed(cause);
    }

    @Override
    public void failed(Throwable why) {
      if (open) {
        close(why); // its loop closes, or the endpoint itself is at its end: memory, stack
      } else {
        loop.report("a closed " + DatagramEndpoint.this, why);
      }
    }
  }
}
