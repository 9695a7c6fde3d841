package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.UnixAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A datagram socket: UDP on the loopback interface, or Unix.
 *
 * <p>UDP loses what finds no room, and learns of a closed port by an error on the next call if it
 * is connected. Unix datagrams wait for room instead: a queue holds eleven from those who are not
 * its own peer, and all that were not read count against their sender's buffer. No multicast.
 *
 * <p>Source: udp(7), unix(7).
 */
final class DatagramSocket implements Socket {

  private static final int MAX_UDP_BYTES = 65_507;
  private static final int MAX_UNIX_QUEUE = 10; // net.unix.max_dgram_qlen

  private static final class Datagram {
    final byte[] bytes;
    final DatagramSocket source;
    final SocketAddress sender;

    Datagram(byte[] bytes, DatagramSocket source, SocketAddress sender) {
      this.bytes = bytes;
      this.source = source;
      this.sender = sender;
    }

    int cost() {
      return source.options.isUnix()
          ? BufferCost.ofDatagram(bytes.length)
          : BufferCost.ofUdp(bytes.length);
    }
  }

  private final Kernel kernel;
  private final SocketOptions options;
  private final WaitQueue queue = new WaitQueue();
  private final ArrayDeque<Datagram> received = new ArrayDeque<>();

  /** Senders that found this queue full. */
  private final List<DatagramSocket> starved = new ArrayList<>();

  /** Calls that wait for room in this queue, to send to it. */
  private final WaitQueue senders = new WaitQueue();

  private int receivedCost;
  private int charged;
  private int shut;
  private int error;
  private boolean dead;

  /** The name of a UDP socket, and of a Unix one. */
  private final InetName inetName;

  private UnixAddress unixName = UnixAddress.unnamed();
  private @Nullable SocketAddress remote;

  /** Where a connected Unix socket sends. */
  private @Nullable DatagramSocket peer;

  DatagramSocket(Kernel kernel, int family) {
    this.kernel = kernel;
    int buffer = UnixStreamSocket.BUFFER_BYTES;
    int protocol = family == Linux.AF_UNIX ? 0 : Linux.IPPROTO_UDP;
    this.options = new SocketOptions(family, Linux.SOCK_DGRAM, protocol, buffer, buffer);
    this.inetName =
        new InetName(kernel.network, this, Linux.AF_INET6 == family ? family : Linux.AF_INET);
  }

  static void pair(DatagramSocket a, DatagramSocket b) {
    a.peer = b;
    a.remote = b.unixName;
    b.peer = a;
    b.remote = a.unixName;
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
    if (address instanceof InetSocketAddress inet) {
      return inetName.bind(inet);
    }
    if (!unixName.isUnnamed()) {
      return -Errno.EINVAL;
    }
    UnixAddress bound = kernel.network.bindName(this, (UnixAddress) address);
    unixName = bound == null ? unixName : bound;
    return bound == null ? -Errno.EADDRINUSE : 0;
  }

  @Override
  public SocketAddress localAddress() {
    return options.isUnix() ? unixName : inetName.address();
  }

  @Override
  public @Nullable SocketAddress peerAddress() {
    return remote;
  }

  @Override
  public int connect(@Nullable SocketAddress target) {
    if (target == null) {
      disconnect();
      inetName.giveBack();
      return 0;
    }
    if (target instanceof InetSocketAddress inet) {
      InetSocketAddress to = Network.destination(inet);
      if (!Network.isLocal(to.getAddress())) {
        return -Errno.ENETUNREACH;
      }
      int result = inetName.autobind();
      if (result == 0) {
        remote = to;
        inetName.connectTo(to);
      }
      return result;
    }
    Socket found = kernel.network.find(target);
    if (!(found instanceof DatagramSocket other)) {
      return notFound(found, target);
    }
    disconnect();
    peer = other;
    remote = target;
    return 0;
  }

  /** Leaves the peer. What it sent is lost with it, which is an error to it if it listens here. */
  private void disconnect() {
    DatagramSocket old = peer;
    peer = null;
    remote = null;
    if (old == null) {
      return;
    }
    if (old.starved.remove(this)) {
      tellWritable();
    }
    if (!received.isEmpty()) {
      forgetReceived();
      if (!old.dead && old.peer == this) {
        old.error = Errno.ECONNRESET;
        old.tellError();
      }
    }
  }

  private static int notFound(@Nullable Socket found, SocketAddress target) {
    if (found != null) {
      return -Errno.EPROTOTYPE;
    }
    boolean isPath = target instanceof UnixAddress name && !name.isAbstract();
    return isPath ? -Errno.ENOENT : -Errno.ECONNREFUSED;
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
    from.sender = datagram.sender;
    int n = to.put(datagram.bytes, 0, datagram.bytes.length);
    if (n < datagram.bytes.length) {
      from.flags |= Linux.MSG_TRUNC;
    }
    if ((flags & Linux.MSG_PEEK) == 0) {
      received.remove();
      freed(datagram);
    }
    return (flags & Linux.MSG_TRUNC) != 0 ? datagram.bytes.length : n;
  }

  private void freed(Datagram datagram) {
    receivedCost -= datagram.cost();
    if (options.isUnix()) {
      DatagramSocket source = datagram.source;
      source.charged -= datagram.cost();
      if (!source.dead && (source.charged + 1) << 2 <= source.options.sendBytes) {
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
  public int available() {
    Datagram next = received.peek();
    return next == null ? 0 : next.bytes.length;
  }

  @Override
  public int send(Span from, int flags, @Nullable SocketAddress target) {
    if ((flags & Linux.MSG_OOB) != 0) {
      return -Errno.EOPNOTSUPP;
    }
    return options.isUnix() ? sendUnix(from, target) : sendUdp(from, target);
  }

  private int sendUdp(Span from, @Nullable SocketAddress target) {
    int result = inetName.autobind(); // before anything is looked at
    if (result < 0) {
      return result;
    }
    if (from.remaining() > MAX_UDP_BYTES) {
      return -Errno.EMSGSIZE;
    }
    if (target == null && remote == null) {
      return -Errno.EDESTADDRREQ;
    }
    if (error != 0) {
      return -takeError();
    }
    if ((shut & SEND_SHUT) != 0) {
      return -Errno.EPIPE;
    }
    InetSocketAddress to =
        target == null
            ? (InetSocketAddress) remote
            : Network.destination((InetSocketAddress) target);
    if (to == null || !Network.isLocal(to.getAddress())) {
      return -Errno.ENETUNREACH;
    }
    InetSocketAddress source = inetName.towards(to);
    byte[] bytes = from.takeAll();
    // Loopback gives the buffer back before the receiver has it: news for the sender.
    tellWritable();
    Socket found = kernel.network.find(this, to, source.getPort());
    if (found instanceof DatagramSocket receiver && receiver.hears(source)) {
      receiver.deliver(new Datagram(bytes, this, source));
    } else if (remote != null) {
      error = Errno.ECONNREFUSED; // an ICMP message came back
      tellError();
    }
    return bytes.length;
  }

  /** A connected UDP socket hears its peer only. */
  private boolean hears(InetSocketAddress source) {
    return remote == null || options.isUnix() || remote.equals(source);
  }

  private int sendUnix(Span from, @Nullable SocketAddress target) {
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
    Socket to = target == null ? peer : kernel.network.find(target);
    int failure = failureOf(to, target);
    if (failure == 0 && to instanceof DatagramSocket receiver) {
      Datagram datagram = new Datagram(from.takeAll(), this, unixName);
      charged += datagram.cost();
      receiver.deliver(datagram);
      return datagram.bytes.length;
    }
    // Its memory was taken and is given back, which is news to those who wait for room.
    if ((charged + 1) << 2 <= options.sendBytes) {
      tellWritable();
    }
    return failure;
  }

  private int failureOf(@Nullable Socket to, @Nullable SocketAddress target) {
    if (to == null) {
      return target == null ? -Errno.ENOTCONN : notFound(null, target);
    }
    if (!(to instanceof DatagramSocket receiver)) {
      return -Errno.EPROTOTYPE;
    }
    if (receiver.dead) {
      if (receiver == peer) {
        disconnect();
      }
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
    Socket to = target == null ? peer : kernel.network.find(target);
    return to instanceof DatagramSocket receiver && receiver.refuses(this)
        ? receiver.senders
        : queue;
  }

  private void deliver(Datagram datagram) {
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
    boolean unconnected = remote == null && peer == null;
    if (unconnected && !options.isUnix()) {
      shut |= halves;
      tellState();
      return -Errno.ENOTCONN;
    }
    shut |= halves;
    tellState();
    return 0;
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
    kernel.network.unbindName(this, unixName);
    forgetReceived();
    senders.wakeAll(0);
  }

  private void forgetReceived() {
    while (!received.isEmpty()) {
      freed(received.remove());
    }
  }
}
