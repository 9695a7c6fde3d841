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
 * <p>Unix sockets lose nothing: a receiver that does not read has no room some time. The peer that
 * an endpoint is connected to is waited for. What goes to another one by its address is set aside,
 * in order, and tried again after 1 to 100 ms, while the others get theirs. When a quarter of
 * {@code sendCapacity} waits for one peer, {@code send} to it says false. All peers together may
 * have {@code sendCapacity} set aside; what meets a peer without room then is told as unsent, by
 * EAGAIN. What nobody has read uses up {@link DatagramOptions#kernelSendBytes}: some 270 small
 * datagrams by default, at all peers together. Then nothing is sent to anybody until they read.
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

  private final EventLoop loop;
  private final Sys sys;
  private final DatagramCalls calls;
  private final int fd;
  private final Multicast multicast;
  private final Trigger trigger;
  private final Watcher watcher = new Watcher();
  private final Registration registration;
  private final @Nullable UnixPath path;
  private final DatagramReceiver receiver;
  private final DatagramSender sender;

  private boolean flushAsked;
  private volatile boolean open = true;
  private @Nullable Throwable cause;

  private DatagramEndpoint(
      EventLoop loop,
      int fd,
      int family,
      @Nullable UnixPath path,
      DatagramOptions options,
      DatagramHandler handler)
      throws SysException {
    this.path = path;
    this.loop = loop;
    this.sys = loop.sys();
    this.calls = new DatagramCalls(this, loop, handler);
    this.fd = fd;
    this.trigger = options.edge() ? Trigger.EDGE : Trigger.LEVEL;
    this.multicast = new Multicast(sys, fd, family);
    this.receiver = new DatagramReceiver(this, loop, fd, options, calls);
    boolean unix = family == Linux.AF_UNIX;
    this.sender = new DatagramSender(this, loop, fd, unix, options, calls);
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
    return made(loop, fd, UnixPath.ofBound(sys, address), address, options, handler);
  }

  /**
   * Watches a socket that is bound already, as one of systemd's ({@link ListenFds}) or a
   * predecessor's is. Of the options those of the socket are set, though too late for what concerns
   * its address; a Unix path is left at the end.
   *
   * @param descriptor stays the caller's: the endpoint has a duplicate, and makes it non-blocking
   *     with all that share it
   * @throws SysException if the kernel refuses a step; EINVAL, in words, if it is no datagram
   *     socket; then nothing is left open
   */
  public static DatagramEndpoint on(
      EventLoop loop, int descriptor, DatagramOptions options, DatagramHandler handler)
      throws SysException {
    loop.requireInLoop("DatagramEndpoint.on");
    int fd = Opening.inheritedDatagram(loop.sys(), descriptor, options);
    return made(loop, fd, null, null, options, handler);
  }

  /** Takes over a socket; after an exception it is closed. */
  private static DatagramEndpoint made(
      EventLoop loop,
      int fd,
      @Nullable UnixPath path,
      @Nullable SocketAddress wanted,
      DatagramOptions options,
      DatagramHandler handler)
      throws SysException {
    Sys sys = loop.sys();
    boolean done = false;
    try {
      SocketAddress bound = wanted == null ? Sockets.localAddress(sys, fd) : wanted;
      int family = Sockets.option(sys, fd, Linux.SOL_SOCKET, Linux.SO_DOMAIN);
      if (Opening.isWildcard(bound)) {
        boolean _ = PacketInfo.ask(sys, fd, family); // or else it goes on without
      }
      DatagramEndpoint endpoint = new DatagramEndpoint(loop, fd, family, path, options, handler);
      done = true;
      if (Opening.hearsGroups(bound)) {
        endpoint.multicast.allGroups(options);
      }
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
   * of that: see {@link DatagramHandler#failed}. What others have sent before, and the handler has
   * not seen, is dropped. What was sent before without an address is the peer's that was connected
   * then: the kernel is offered it first, and what it has no room for goes there by the address.
   */
  public void connect(SocketAddress peer) throws SysException {
    requireOpen("DatagramEndpoint.connect");
    sender.offer(registration);
    flushSoon(); // to watch for what that led to, and to tell of it
    receiver.onlyFrom(sender.connect(peer));
  }

  // ---- sending

  /** As {@link #send(ByteBuffer, SocketAddress)}, to the peer it is connected to. */
  public boolean send(ByteBuffer data) {
    requireOpen("DatagramEndpoint.send");
    MessageBatch out = sender.out();
    return !isFull(null)
        && queued(out.append(data, null) || (makeRoom() && out.append(data, null)));
  }

  /**
   * Sends a datagram of all that remains of the data. The bytes are copied; the data is consumed.
   *
   * @return false if {@link DatagramOptions#sendCapacity} datagrams wait already, or on a Unix
   *     socket a quarter of that for this peer, and the kernel has no room for them: this one is
   *     dropped, and its data not consumed
   * @throws IllegalArgumentException if it is longer than {@link DatagramOptions#datagramBytes}, or
   *     no socket can have such an address
   */
  public boolean send(ByteBuffer data, SocketAddress to) {
    requireOpen("DatagramEndpoint.send");
    MessageBatch out = sender.out();
    return !isFull(to) && queued(out.append(data, to) || (makeRoom() && out.append(data, to)));
  }

  /**
   * As {@link #send(ByteBuffer, SocketAddress)}, from one of this host's addresses. One that is not
   * is told by {@link DatagramHandler#unsent}: EINVAL, ENETUNREACH.
   *
   * @param from null to have the kernel choose, as without it
   * @throws IllegalArgumentException also if the two are not of one IP family, for which the kernel
   *     would send it from an address of its own choice
   */
  public boolean send(ByteBuffer data, SocketAddress to, @Nullable InetAddress from) {
    requireOpen("DatagramEndpoint.send");
    MessageBatch out = sender.out();
    return !isFull(to)
        && queued(out.append(data, to, from) || (makeRoom() && out.append(data, to, from)));
  }

  /**
   * As {@link #send(ByteBuffer, SocketAddress)}, to the sender of the datagram that {@link
   * DatagramHandler#received} is looking at; the address need not be decoded for that. The answer
   * leaves from the address that was asked, see {@link #destination}; where that is a group's, from
   * one that the kernel chooses. Who answers later keeps the peer and {@link #replySource}, and
   * gives both to {@link #send(ByteBuffer, SocketAddress, InetAddress)}.
   *
   * @throws IllegalStateException outside of {@code received}
   */
  public boolean reply(ByteBuffer data) {
    requireOpen("DatagramEndpoint.reply");
    MessageBatch in = receiver.in();
    int current = receiver.current("a reply");
    MessageBatch out = sender.out();
    return !isFull(in.peer(current))
        && queued(out.append(data, in, current) || (makeRoom() && out.append(data, in, current)));
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
    return receiver.destination();
  }

  /**
   * From where {@link #reply} would answer the datagram that {@link DatagramHandler#received} is
   * looking at, for an answer that comes later: not always the {@link #destination}, from which
   * nothing can be sent if it is a broadcast's or a group's. Null where the kernel is to choose.
   *
   * @throws IllegalStateException outside of {@code received}
   */
  public @Nullable InetAddress replySource() {
    requireOpen("DatagramEndpoint.replySource");
    return receiver.replySource();
  }

  /** Whether enough waits for a peer: then one more is dropped. */
  private boolean isFull(@Nullable SocketAddress to) {
    if (sender.isAtShare()) {
      boolean _ = makeRoom();
    }
    return sender.drops(to);
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

  /** Has a flush come in which it goes on. */
  void flushSoon() {
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
    receiver.setPaused(true);
    watch();
  }

  /** Receives again. */
  public void resume() {
    requireOpen("DatagramEndpoint.resume");
    receiver.setPaused(false);
    watch();
    if (receiver.hasWork()) {
      flushSoon();
    }
  }

  void receiveFailed(int result) {
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
    return sender.stats(
        receiver.receivedCount(), receiver.truncatedCount(), receiver.droppedCount());
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
    try {
      sender.close();
    } finally {
      registration.remove(); // before its descriptor is closed
    }
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
        (receiver.isPaused() ? Interest.NONE : Interest.READABLE)
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
        receiver.receive(registration);
      }
    }

    @Override
    public void flush() {
      flushAsked = false;
      if (open) {
        sendQueued();
      }
      if (open && receiver.hasWork()) {
        receiver.receive(registration);
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
