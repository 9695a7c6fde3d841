package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A TCP socket: unconnected, listener, or one end of a connection, or both ends of one. The states
 * stand in {@link TcpState}; the package says what is left out. Source: tcp(7), RFC 9293; {@code
 * net/ipv4/tcp.c} for the masks.
 */
final class TcpSocket implements Socket {

  final Kernel kernel;
  private final SocketOptions options;
  private final WaitQueue queue = new WaitQueue();
  private final ReceiveQueue received;
  final TcpSender sender;
  private TcpState state = TcpState.CLOSE;
  private TcpPhase phase = TcpPhase.UNCONNECTED;
  private int shut;
  private int error;
  private boolean dead; // no descriptor is left; it may live on to deliver what was sent
  private boolean finArrived; // own FIN
  private @Nullable TcpListener listener;
  private @Nullable TcpSocket peer;
  private TcpSender.@Nullable Flight incoming; // what the peer sends over this connection
  private @Nullable TcpConnect connecting;
  private final InetName name;
  private @Nullable InetSocketAddress remote;

  TcpSocket(Kernel kernel, int family) {
    this(kernel, SocketOptions.tcp(family, kernel.limits.tcpReceiveBytes()));
  }

  private TcpSocket(Kernel kernel, SocketOptions options) {
    this.kernel = kernel;
    this.options = options;
    this.received = new ReceiveQueue(options);
    this.sender = new TcpSender(kernel, this);
    this.name = new InetName(kernel.network, this, options.family);
  }

  @Override
  public String kind() {
    return state == TcpState.LISTEN ? "tcp-listener" : "tcp";
  }

  @Override
  public SocketOptions options() {
    return options;
  }

  @Override
  public WaitQueue queue() {
    return queue;
  }

  TcpSocket peer() {
    return Objects.requireNonNull(peer);
  }

  @Override
  public int poll() {
    if (listener == null && state != TcpState.SYN_SENT && (shut & SEND_SHUT) == 0) {
      sender.noteAsked();
    }
    return readiness();
  }

  @Override
  public int readiness() {
    if (listener != null) {
      return listener.isEmpty() ? 0 : READABLE;
    }
    int mask = error != 0 ? Linux.EPOLLERR : 0;
    mask |= shut == BOTH_SHUT || state == TcpState.CLOSE ? Linux.EPOLLHUP : 0;
    mask |= (shut & RECEIVE_SHUT) != 0 ? READABLE | Linux.EPOLLRDHUP : 0;
    if (state != TcpState.SYN_SENT) {
      mask |= received.isReadable() ? READABLE : 0;
      mask |= received.hasUrgent() ? Linux.EPOLLPRI : 0;
      mask |= (shut & SEND_SHUT) != 0 || sender.isWritable() ? WRITABLE : 0;
    }
    return mask;
  }

  // ---- names

  @Override
  public int bind(SocketAddress address) {
    return name.bind((InetSocketAddress) address, state == TcpState.CLOSE);
  }

  @Override
  public SocketAddress localAddress() {
    return name.address();
  }

  @Override
  public @Nullable SocketAddress peerAddress() {
    return state == TcpState.CLOSE || state == TcpState.SYN_SENT ? null : remote;
  }

  @Override
  public @Nullable SocketAddress callerAddress() {
    return remote;
  }

  // ---- the listener

  @Override
  public int listen(int limit) {
    if (listener != null) {
      listener.limit(limit);
      return 0;
    }
    if (state != TcpState.CLOSE || phase != TcpPhase.UNCONNECTED) {
      return -Errno.EINVAL;
    }
    int result = name.autobind(false);
    result = result == 0 && !name.listens() ? -Errno.EADDRINUSE : result;
    if (result == 0) {
      listener = new TcpListener(this, limit);
      state = TcpState.LISTEN;
    }
    return result;
  }

  @Override
  public int waitingCount() {
    return listener == null ? -1 : listener.size();
  }

  @Override
  public @Nullable TcpSocket takeConnection() {
    return listener == null ? null : listener.poll();
  }

  @Override
  public void abort() {
    dead = true;
    if (state != TcpState.CLOSE) {
      reset();
    }
  }

  TcpListener listener() {
    return Objects.requireNonNull(listener);
  }

  /** The other end of a new connection, with this one's name and options. */
  TcpSocket child(TcpSocket client, InetSocketAddress source) {
    TcpSocket child = new TcpSocket(kernel, options.copy());
    child.name.inherit(name, Objects.requireNonNull(client.remote));
    child.establish(client, source);
    child.phase = TcpPhase.CONNECTED;
    child.shut = shut; // all of this one's children are
    return child;
  }

  private void establish(TcpSocket other, InetSocketAddress there) {
    peer = other;
    incoming = other.sender.flight();
    received.begin(incoming.books);
    remote = there;
    options.growSendBuffer(kernel.limits.tcpSendBytes());
    finArrived = false;
    state = TcpState.ESTABLISHED;
    sender.begin(other);
  }

  private void stopListening() {
    TcpListener abandoned = listener;
    if (abandoned != null) {
      listener = null;
      shut = 0;
      enter(TcpState.CLOSE);
      abandoned.close();
    }
  }

  // ---- connecting

  @Override
  public int connect(@Nullable SocketAddress target) {
    if (target == null) {
      return disconnect();
    }
    if (phase == TcpPhase.DISCONNECTING) {
      return -Errno.EINVAL;
    }
    if (phase == TcpPhase.CONNECTED || listener != null) {
      return -Errno.EISCONN;
    }
    if (phase == TcpPhase.CONNECTING) {
      return connectOutcome();
    }
    InetSocketAddress to = Network.destination((InetSocketAddress) target);
    int result = name.beginConnection(to);
    if (result < 0) {
      return result;
    }
    remote = to;
    error = 0;
    phase = TcpPhase.CONNECTING;
    state = TcpState.SYN_SENT;
    connecting = new TcpConnect(kernel, this, to);
    connecting.send();
    return -Errno.EINPROGRESS;
  }

  @Override
  public int connectOutcome() {
    if (state == TcpState.SYN_SENT) {
      return -Errno.EALREADY;
    }
    if (state != TcpState.CLOSE) {
      phase = TcpPhase.CONNECTED;
      return 0;
    }
    int failure = takeError();
    queue.cut(); // who waits as well has missed it
    int _ = disconnect();
    return failure == 0 ? -Errno.ECONNABORTED : -failure;
  }

  /** Back to a socket that can be connected again. */
  private int disconnect() {
    if (state.resetsWhenAborted()) {
      reset();
      error = Errno.ECONNRESET;
    }
    stopListening();
    cancelConnect();
    if (state != TcpState.CLOSE) { // of one that is closed already the port stays
      error = state == TcpState.SYN_SENT ? Errno.ECONNRESET : error;
      enter(TcpState.CLOSE);
    }
    incoming = null;
    sender.leave();
    name.forgetHost();
    phase = TcpPhase.UNCONNECTED;
    shut = 0;
    received.clear();
    tellError();
    return 0;
  }

  private void cancelConnect() {
    if (connecting != null) {
      connecting.cancel();
    }
  }

  /** The handshake is done. */
  void connected(TcpSocket child) {
    establish(child, Objects.requireNonNull(remote));
    if (child.kernel == kernel) { // else it does that when it knows
      child.shutAgain();
    }
    tellState();
  }

  // ---- receiving

  /** How many bytes may be on their way to this socket; a dead one swallows all to reset. */
  int window() {
    return dead || state == TcpState.CLOSE ? Integer.MAX_VALUE : received.roomBytes();
  }

  /** Whether what flies there is for this connection: it may be another one by now. */
  boolean hears(TcpSender.Flight flight) {
    return incoming == flight;
  }

  void arrived(Segment segment) {
    if (segment.kind == Segment.Kind.RESET) {
      resetArrived();
    } else if (segment.kind == Segment.Kind.FIN) {
      finArrived();
    } else if (state == TcpState.FIN_WAIT && (shut & RECEIVE_SHUT) != 0) {
      received.refuse(segment);
      resetArrived();
      sender.reset();
    } else if (dead || state == TcpState.CLOSE) {
      reset();
    } else {
      for (int told = received.take(segment); told > 0; told--) {
        tellReadable();
      }
    }
  }

  private void finArrived() {
    if (state == TcpState.CLOSE) {
      return;
    }
    received.end();
    shut |= RECEIVE_SHUT;
    enter(state.onFinReceived(finArrived));
    tellState();
    if (peer().kernel == kernel && peer().hears(sender.flight())) {
      peer().ownFinArrived();
    }
  }

  /** The peer has the FIN of this side. */
  void ownFinArrived() {
    if (state != TcpState.CLOSE) {
      finArrived = true;
      enter(state.onFinArrived());
      tellState();
    }
  }

  boolean hasOwnFinArrived() {
    return finArrived;
  }

  void resetArrived() {
    if (state != TcpState.CLOSE) {
      fail(state.resetErrno());
    }
  }

  /** The connection, or the attempt to make one, is at its end. */
  void fail(int errno) {
    error = errno;
    terminate();
    if (!dead) {
      tellState();
      tellError();
    }
  }

  /** Ends the connection on this side, and tells the peer. */
  private void reset() {
    terminate();
    sender.reset();
  }

  /** The protocol ends here; what was received can still be read. */
  private void terminate() {
    enter(TcpState.CLOSE);
    shut = BOTH_SHUT;
    sender.clear();
  }

  private void enter(TcpState next) {
    state = next == TcpState.TIME_WAIT ? TcpState.CLOSE : next;
    if (state == TcpState.CLOSE) {
      name.connectionEnded(next == TcpState.TIME_WAIT, dead);
    }
  }

  /** A new mark may make readable what is there; the kernel says so in either case. */
  @Override
  public void lowWaterChanged() {
    if (received.isNews() || received.isEnded()) {
      tellReadable();
    }
  }

  @Override
  public int receive(Span to, int flags, Message message) {
    if (listener != null) {
      return -Errno.ENOTCONN;
    }
    if ((flags & Linux.MSG_OOB) != 0) {
      return received.readUrgent(to, flags, message, state == TcpState.CLOSE);
    }
    if (state == TcpState.SYN_SENT) {
      return -Errno.EAGAIN;
    }
    boolean over = error != 0 || (shut & RECEIVE_SHUT) != 0 || state == TcpState.CLOSE;
    int before = received.sizeBytes();
    int result = received.receive(to, flags, message, over);
    if (received.sizeBytes() < before && peer().hears(sender.flight())) {
      peer().sender.roomMade();
    }
    return result == -Errno.EAGAIN && over ? end() : result;
  }

  /** What a call receives that comes after the last byte. */
  private int end() {
    if (!received.isEnded() && error != 0) {
      return -takeError();
    }
    received.endRead();
    return (shut & RECEIVE_SHUT) != 0 ? 0 : -Errno.ENOTCONN;
  }

  @Override
  public int available() {
    return listener != null ? -Errno.EINVAL : received.available();
  }

  @Override
  public int outgoing(boolean onlyUnsent) {
    return listener != null ? -Errno.EINVAL : sender.outgoingBytes(onlyUnsent);
  }

  // ---- sending

  @Override
  public int send(Span from, int flags, @Nullable SocketAddress target) {
    if (state == TcpState.SYN_SENT) {
      return -Errno.EAGAIN;
    }
    if (error != 0 || (shut & SEND_SHUT) != 0 || state == TcpState.CLOSE || listener != null) {
      return -Errno.EPIPE;
    }
    if (kernel.hits(Fault.ECONNRESET)) {
      sender.reset();
      resetArrived();
      return -Errno.EPIPE;
    }
    if (from.remaining() == 0) {
      return 0;
    }
    return sender.send(from, (flags & Linux.MSG_OOB) != 0);
  }

  @Override
  public int brokenPipe() {
    int pending = takeError();
    return pending == 0 ? -Errno.EPIPE : -pending;
  }

  @Override
  public void sendBufferChanged() {
    sender.roomChanged();
  }

  // ---- the end

  @Override
  public int shutdown(int halves) {
    if (listener != null) {
      if ((halves & RECEIVE_SHUT) != 0) {
        stopListening();
      }
      tellState();
      return 0;
    }
    phase = phase.onShutdown(state);
    int result = state == TcpState.CLOSE ? -Errno.ENOTCONN : 0;
    if (state == TcpState.SYN_SENT) {
      result = disconnect();
    } else {
      shut(halves);
    }
    tellState();
    return result;
  }

  /** Does what was asked for before there was a connection: a client says nothing of it. */
  void shutAgain() {
    int before = shut;
    shut = 0;
    shut(before);
  }

  private void shut(int halves) {
    boolean sendsFin = state != TcpState.CLOSE && (halves & SEND_SHUT & ~shut) != 0;
    shut |= halves;
    if (sendsFin) {
      state = state.onFinSent();
      sender.finish();
    }
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
    cancelConnect();
    stopListening();
    if (state == TcpState.CLOSE || state == TcpState.SYN_SENT) {
      enter(TcpState.CLOSE);
    } else if (received.sizeBytes() > 0 || options.lingerSeconds == 0) {
      reset();
    } else {
      shut(BOTH_SHUT);
    }
  }
}
