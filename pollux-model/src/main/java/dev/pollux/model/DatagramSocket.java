package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.PeerCredentials;
import dev.pollux.sys.UnixAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A datagram socket: UDP or Unix.
 *
 * <p>UDP loses what finds no room, and learns of a closed port by an error on the next call if it
 * is connected. Unix datagrams wait for room instead: a queue holds eleven from those who are not
 * its own peer, and all that were not read count against their sender's buffer. No multicast.
 * Source: udp(7), unix(7).
 */
final class DatagramSocket implements Socket {

  private static final int MAX_LENGTH = 65_535; // what a header can say
  private static final int MAX_UDP_BYTES = 65_507; // less the headers
  private static final int MAX_UNIX_QUEUE = 10; // net.unix.max_dgram_qlen

  private final Kernel kernel;
  private final SocketOptions options;
  private final WaitQueue queue = new WaitQueue();
  private final ArrayDeque<Datagram> received = new ArrayDeque<>();
  private final List<DatagramSocket> starved = new ArrayList<>(); // senders that found this full
  private final WaitQueue senders = new WaitQueue(); // calls that wait for room here, to send to it
  private int receivedCost;
  private int charged;
  private int shut;
  private int error;
  private boolean dead;
  private final InetName inetName; // of a UDP socket
  private final UnixName unixName;
  private @Nullable InetSocketAddress remote; // where a connected UDP socket sends
  private @Nullable DatagramSocket peer; // where a connected Unix socket sends
  private PeerCredentials peerCredentials = NOBODY;

  DatagramSocket(Kernel kernel, int family) {
    this.kernel = kernel;
    int buffer = UnixStreamSocket.BUFFER_BYTES;
    int protocol = family == Linux.AF_UNIX ? 0 : Linux.IPPROTO_UDP;
    this.options = new SocketOptions(family, Linux.SOCK_DGRAM, protocol, buffer, buffer);
    this.inetName = new InetName(kernel.network, this, family);
    this.unixName = new UnixName(kernel.unixNames, this);
  }

  static void pair(DatagramSocket a, DatagramSocket b) {
    a.peer = b;
    b.peer = a;
    a.peerCredentials = a.kernel.self;
    b.peerCredentials = a.kernel.self;
  }

  @Override
  public String kind() {
    return options.isUnix() ? "unix-datagram" : "udp";
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
    if (peer != null && hasRoom() && peer.refuses(this)) {
      peer.noteStarved(this);
    }
    return readiness();
  }

  private void noteStarved(DatagramSocket sender) {
    if (!starved.contains(sender)) {
      starved.add(sender);
    }
  }

  @Override
  public int readiness() {
    int mask = error == 0 ? 0 : Linux.EPOLLERR;
    mask |= (shut & RECEIVE_SHUT) == 0 ? 0 : READABLE | Linux.EPOLLRDHUP;
    mask |= shut == BOTH_SHUT ? Linux.EPOLLHUP : 0;
    mask |= received.isEmpty() ? 0 : READABLE;
    return mask | (isWritable() ? WRITABLE_BAND : 0);
  }

  private boolean isWritable() {
    return hasRoom() && (peer == null || !peer.refuses(this));
  }

  /** Three quarters of the buffer are free; loopback UDP gives it back at once. */
  private boolean hasRoom() {
    return !options.isUnix() || (charged + 1) << 2 <= options.sendBytes;
  }

  private boolean refuses(DatagramSocket sender) {
    return options.isUnix() && peer != sender && received.size() > MAX_UNIX_QUEUE;
  }

  // ---- names

  @Override
  public int bind(SocketAddress address) {
    return address instanceof InetSocketAddress inet
        ? inetName.bind(inet, true)
        : unixName.bind((UnixAddress) address);
  }

  @Override
  public SocketAddress localAddress() {
    return options.isUnix() ? unixName.address() : inetName.address();
  }

  @Override
  public @Nullable SocketAddress peerAddress() {
    DatagramSocket to = peer;
    return to == null ? remote : to.unixName.address();
  }

  @Override
  public PeerCredentials peerCredentials() {
    return peerCredentials;
  }

  @Override
  public int connect(@Nullable SocketAddress target) {
    if (target == null) {
      disconnect();
      remote = null;
      inetName.forget();
      return 0;
    }
    return target instanceof InetSocketAddress inet
        ? connectUdp(inet)
        : connectUnix((UnixAddress) target);
  }

  private int connectUdp(InetSocketAddress target) {
    InetSocketAddress to = Network.destination(target);
    if (!kernel.network.isServed(to.getAddress())) {
      return -Errno.ENETUNREACH;
    }
    int result = inetName.autobind(false);
    if (result == 0) {
      remote = to;
      inetName.connectTo(to);
    }
    return result;
  }

  private int connectUnix(UnixAddress target) {
    if (options.passesCredentials) {
      int _ = unixName.autobind();
    }
    Socket found = kernel.unixNames.find(this, target);
    if (!(found instanceof DatagramSocket other)) {
      return kernel.unixNames.failure(found, target);
    }
    if (!other.accepts(this)) {
      return -Errno.EPERM;
    }
    if (other != peer) {
      disconnect();
      peer = other;
    } else {
      leaveQueueOf(other);
    }
    return 0;
  }

  /** A connected Unix socket takes nothing from anybody but its peer. */
  private boolean accepts(DatagramSocket sender) {
    return peer == null || peer == sender;
  }

  /** Leaves the peer. What it sent is lost with it, which is an error to it if it listens here. */
  private void disconnect() {
    DatagramSocket old = peer;
    peer = null;
    if (old == null) {
      return;
    }
    leaveQueueOf(old);
    if (!received.isEmpty()) {
      forgetReceived();
      if (!old.dead && old.peer == this) {
        old.error = Errno.ECONNRESET;
        old.tellError();
      }
    }
  }

  /** Does not wait for a peer's room any more, and says so, even if it has not waited. */
  private void leaveQueueOf(DatagramSocket old) {
    boolean _ = old.starved.remove(this);
    tellWritable();
  }

  // ---- data

  @Override
  public int receive(Span to, int flags, Message from) {
    if ((flags & Linux.MSG_OOB) != 0 && options.isUnix()) {
      return -Errno.EOPNOTSUPP; // UDP does not look at the flag
    }
    if (error != 0) {
      return -takeError();
    }
    Datagram datagram = received.peek();
    if (datagram == null) {
      return -Errno.EAGAIN;
    }
    from.sender = datagram.sender();
    from.destination = datagram.destination;
    boolean peek = (flags & Linux.MSG_PEEK) != 0;
    from.takeFrom(datagram.attachment, peek);
    if (!peek) {
      received.remove(); // also if there is no memory at the caller's address
      freed(datagram);
    }
    int n = to.put(datagram.bytes, 0, datagram.bytes.length);
    if (n < datagram.bytes.length) {
      from.flags |= Linux.MSG_TRUNC;
    }
    return (flags & Linux.MSG_TRUNC) != 0 ? datagram.bytes.length : n;
  }

  private void freed(Datagram datagram) {
    kernel.drop(datagram.attachment.takeFiles());
    receivedCost -= datagram.cost();
    if (options.isUnix()) {
      DatagramSocket source = datagram.source;
      source.charged -= datagram.cost();
      if (!source.dead && source.hasRoom()) {
        source.tellWritable();
      }
    }
    if (!starved.isEmpty()) {
      List<DatagramSocket> waiting = List.copyOf(starved);
      starved.clear();
      waiting.forEach(each -> each.tellWritable());
    }
    senders.wake(NEWS_WRITABLE);
  }

  @Override
  public Standing standing(boolean toRead) {
    return toRead ? Standing.RECEIVER : Standing.FRONT;
  }

  @Override
  public int outgoing(boolean onlyUnsent) {
    return onlyUnsent ? -Errno.ENOTTY : charged; // of UDP nothing waits
  }

  @Override
  public boolean endsBlockedReads() {
    return (shut & RECEIVE_SHUT) != 0;
  }

  @Override
  public boolean hasUnread() {
    return !received.isEmpty();
  }

  @Override
  public int available() {
    Datagram next = received.peek();
    return next == null ? 0 : next.bytes.length;
  }

  @Override
  public int send(Span from, int flags, @Nullable SocketAddress target) {
    return send(from, flags, target, Attachment.NONE);
  }

  @Override
  public int send(Span from, int flags, @Nullable SocketAddress target, Attachment with) {
    return options.isUnix()
        ? sendUnix(from, flags, (UnixAddress) target, with)
        : sendUdp(from, flags, (InetSocketAddress) target, with);
  }

  /** Source: {@code udp_sendmsg} of Linux. */
  private int sendUdp(Span from, int flags, @Nullable InetSocketAddress target, Attachment with) {
    int result = inetName.autobind(false); // before anything is looked at
    if (result < 0) {
      return result;
    }
    if (from.remaining() > MAX_LENGTH) {
      return -Errno.EMSGSIZE;
    }
    if ((flags & Linux.MSG_OOB) != 0) {
      return -Errno.EOPNOTSUPP;
    }
    InetSocketAddress to = target == null ? remote : Network.destination(target);
    if (to == null) {
      return -Errno.EDESTADDRREQ;
    }
    if (to.getPort() == 0 && target != null) {
      return -Errno.EINVAL;
    }
    boolean isForeign = with.source != null && !kernel.network.isLocal(with.source);
    if (isForeign || !kernel.network.isServed(to.getAddress())) {
      return -Errno.ENETUNREACH;
    }
    if (from.remaining() > MAX_UDP_BYTES) {
      return -Errno.EMSGSIZE;
    }
    if (error != 0) {
      return -takeError();
    }
    return (shut & SEND_SHUT) != 0 ? -Errno.EPIPE : transmit(from, to, with.source);
  }

  private int transmit(Span from, InetSocketAddress to, @Nullable InetAddress sourceHost) {
    InetSocketAddress here = inetName.towards(to);
    InetSocketAddress source =
        sourceHost == null ? here : new InetSocketAddress(sourceHost, here.getPort());
    // Loopback gives the buffer back before the receiver has it, and so does who finds no memory
    // at the caller's address: news for the sender.
    tellWritable();
    byte[] bytes = from.takeAll();
    if (kernel.network.isRemote(to.getAddress())) {
      UdpPath.send(kernel, this, bytes, source, to);
      return bytes.length;
    }
    DatagramSocket receiver = kernel.network.receiver(to, source);
    if (receiver != null) {
      receiver.deliver(new Datagram(bytes, this, source, to.getAddress(), Attachment.NONE));
    } else {
      unreachable(to);
    }
    return bytes.length;
  }

  /** Nobody takes datagrams there: an ICMP message came back. */
  void unreachable(InetSocketAddress to) {
    if (!dead && to.equals(remote)) {
      error = Errno.ECONNREFUSED;
      tellError();
    }
  }

  /** A connected UDP socket hears its peer only. */
  boolean hears(InetSocketAddress source) {
    return remote == null || remote.equals(source);
  }

  /** Source: {@code unix_dgram_sendmsg} of Linux. */
  private int sendUnix(Span from, int flags, @Nullable UnixAddress target, Attachment with) {
    if ((flags & Linux.MSG_OOB) != 0) {
      return -Errno.EOPNOTSUPP;
    }
    if (options.passesCredentials) {
      int _ = unixName.autobind();
    }
    if (from.remaining() > options.sendBytes - 32) {
      return -Errno.EMSGSIZE;
    }
    if (error != 0) {
      return -takeError();
    }
    if ((shut & SEND_SHUT) != 0) {
      return -Errno.EPIPE;
    }
    if (charged >= options.sendBytes) {
      return -Errno.EAGAIN;
    }
    byte[] bytes;
    try {
      bytes =
          from.peek(from.remaining()); // before the receiver is looked for, and again if it waits
    } catch (BadAddressException e) {
      gaveBackBuffer();
      throw e;
    }
    Socket to = target == null ? peer : kernel.unixNames.find(this, target);
    int failure = failureOf(to, target);
    if (failure == 0 && to instanceof DatagramSocket receiver) {
      boolean told = options.passesCredentials || receiver.options.passesCredentials;
      Attachment attachment = with.moved(told ? kernel.self : null);
      Datagram datagram = new Datagram(bytes, this, null, null, attachment);
      charged += datagram.cost();
      receiver.deliver(datagram);
      return datagram.bytes.length;
    }
    gaveBackBuffer();
    return failure;
  }

  /** Memory was taken to send, and given back unsent: news to those who wait for room. */
  private void gaveBackBuffer() {
    if (hasRoom()) {
      tellWritable();
    }
  }

  /** The name of a Unix socket, also of one that was closed; null if it has none. */
  @Nullable SocketAddress senderName() {
    return unixName.isUnnamed() ? null : unixName.address();
  }

  private int failureOf(@Nullable Socket to, @Nullable UnixAddress target) {
    if (to == null && target == null) {
      return -Errno.ENOTCONN;
    }
    if (!(to instanceof DatagramSocket receiver)) {
      return kernel.unixNames.failure(to, Objects.requireNonNull(target));
    }
    if (!receiver.accepts(this)) {
      return -Errno.EPERM;
    }
    if (receiver.dead) {
      disconnect(); // it is the peer, which nobody else finds any more
      return -Errno.ECONNREFUSED;
    }
    if ((receiver.shut & RECEIVE_SHUT) != 0) {
      return -Errno.EPIPE;
    }
    if (!receiver.refuses(this)) {
      return 0;
    }
    if (receiver == peer) {
      receiver.noteStarved(this);
    }
    return -Errno.EAGAIN;
  }

  @Override
  public WaitQueue roomQueue(@Nullable SocketAddress target) {
    if (charged >= options.sendBytes) {
      return queue; // its own buffer comes first: a place that the receiver has is for others
    }
    Socket to = target instanceof UnixAddress name ? kernel.unixNames.find(this, name) : peer;
    return to instanceof DatagramSocket receiver && receiver.refuses(this)
        ? receiver.senders
        : queue;
  }

  void deliver(Datagram datagram) {
    if (!options.isUnix() && receivedCost + datagram.cost() > options.receiveBytes) {
      return; // lost
    }
    received.add(datagram);
    receivedCost += datagram.cost();
    tellReadable();
  }

  // ---- the end

  @Override
  public int shutdown(int halves) {
    shut |= halves;
    tellState();
    return remote == null && !options.isUnix() ? -Errno.ENOTCONN : 0;
  }

  @Override
  public int exchangeError(int next) {
    int pending = error;
    error = next;
    return pending;
  }

  @Override
  public void released() {
    dead = true;
    shut = BOTH_SHUT;
    inetName.release();
    unixName.release();
    DatagramSocket old = peer;
    if (old != null) {
      boolean _ = old.starved.remove(this);
      peer = null;
    }
    forgetReceived();
    senders.wakeAll(0);
  }

  private void forgetReceived() {
    while (!received.isEmpty()) {
      freed(received.remove());
    }
  }
}
