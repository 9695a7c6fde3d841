package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.PeerCredentials;
import dev.pollux.sys.UnixAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A Unix domain socket with connections, of a stream or of packets: unconnected, listener, or one
 * end of a pair.
 *
 * <p>What is sent goes straight into the peer's queue, in chunks, and counts against the sender's
 * buffer until the peer has read the whole chunk; each chunk read is an edge for the writer. Out of
 * band data is not modelled. A read ends behind the files that came with a chunk. A packet is one
 * chunk, and is read as one.
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
  private final UnixName name;
  private PeerCredentials peerCredentials = NOBODY;

  /** A socket of type SOCK_STREAM or SOCK_SEQPACKET. */
  UnixStreamSocket(Kernel kernel, int type) {
    this.kernel = kernel;
    this.options = new SocketOptions(Linux.AF_UNIX, type, 0, BUFFER_BYTES, BUFFER_BYTES);
    this.name = new UnixName(kernel.unixNames, this);
  }

  /** Connects two new sockets. */
  static void pair(UnixStreamSocket a, UnixStreamSocket b) {
    a.peer = b;
    b.peer = a;
    a.peerCredentials = a.kernel.self;
    b.peerCredentials = a.kernel.self;
  }

  @Override
  public String kind() {
    String kind = isStream() ? "unix" : "unix-packet";
    return backlog == null ? kind : kind + "-listener";
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
    return name.bind((UnixAddress) address);
  }

  @Override
  public SocketAddress localAddress() {
    return name.address();
  }

  @Override
  public @Nullable SocketAddress peerAddress() {
    return peer == null ? null : peer.name.address();
  }

  @Override
  public PeerCredentials peerCredentials() {
    return peerCredentials;
  }

  @Override
  public int listen(int limit) {
    if (name.isUnnamed() || peer != null) {
      return -Errno.EINVAL;
    }
    peerCredentials = kernel.self;
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
    if (options.passesCredentials) {
      int _ = name.autobind();
    }
    UnixAddress to = (UnixAddress) target;
    Socket found = kernel.unixNames.find(this, to);
    if (!(found instanceof UnixStreamSocket listener) || listener.isStream() != isStream()) {
      return kernel.unixNames.failure(found, to);
    }
    if (listener.backlog == null || (listener.shut & RECEIVE_SHUT) != 0) {
      return -Errno.ECONNREFUSED;
    }
    if (listener.backlog.isFull()) {
      return -Errno.EAGAIN;
    }
    if (kernel.hits(Fault.BACKLOG_OVERFLOW)) {
      kernel.announceLater(listener.connectors, 0); // nobody will accept what is not there
      return -Errno.EAGAIN;
    }
    if (peer != null) {
      return -Errno.EISCONN;
    }
    if (backlog != null) {
      return -Errno.EINVAL;
    }
    UnixStreamSocket child = new UnixStreamSocket(kernel, options.type);
    child.name.inherit(listener.name);
    child.options.passesCredentials = listener.options.passesCredentials;
    pair(this, child);
    peerCredentials = listener.peerCredentials;
    listener.backlog.add(child);
    listener.tellReadable();
    return 0;
  }

  /** Where a blocking connect to an address waits for room in the backlog; null if it need not. */
  @Nullable WaitQueue connectQueue(SocketAddress target) {
    return kernel.unixNames.find(this, (UnixAddress) target) instanceof UnixStreamSocket listener
        ? listener.connectors
        : null;
  }

  // ---- data

  @Override
  public int receive(Span to, int flags, Message message) {
    boolean unconnected = backlog != null || (peer == null && !dead);
    if (unconnected && !isStream()) {
      return -Errno.ENOTCONN;
    }
    if ((flags & Linux.MSG_OOB) != 0) {
      return -Errno.EOPNOTSUPP;
    }
    if (unconnected) {
      return -Errno.EINVAL;
    }
    if (!isStream()) {
      return receivePacket(to, flags, message);
    }
    if (receivedBytes > 0) {
      boolean peek = (flags & Linux.MSG_PEEK) != 0;
      nameSender(message);
      if (peek) {
        peek(to, message);
      } else {
        consume(to, message);
      }
      boolean stopped = !message.files.isEmpty() || receivedBytes > 0;
      if (peek || stopped || to.remaining() == 0 || message.total >= message.target) {
        return message.total;
      }
    }
    if (error != 0) {
      int pending = takeError(); // lost, if there is something to return instead
      return message.total > 0 ? message.total : -pending;
    }
    return (shut & RECEIVE_SHUT) != 0 ? message.total : -Errno.EAGAIN;
  }

  /** Packets are received as datagrams are. */
  @Override
  public Standing standing(boolean toRead) {
    return toRead && !isStream() ? Standing.RECEIVER : Standing.FRONT;
  }

  private void nameSender(Message message) {
    if (peer != null && !peer.name.isUnnamed()) {
      message.sender = peer.name.address();
    }
  }

  /** One packet, or of a longer one what there is room for: the rest is lost. */
  private int receivePacket(Span to, int flags, Message message) {
    if (error != 0) {
      return -takeError();
    }
    Segment packet = received.peek();
    if (packet == null) {
      return (shut & RECEIVE_SHUT) != 0 ? 0 : -Errno.EAGAIN;
    }
    boolean peek = (flags & Linux.MSG_PEEK) != 0;
    nameSender(message);
    message.takeFrom(packet.attachment, peek);
    int size = packet.bytes.length;
    if (!peek) {
      received.remove(); // also if there is no memory at the caller's address
      receivedBytes -= size;
      freed(packet);
    }
    int n = to.put(packet.bytes, 0, size);
    message.flags |= n < size ? Linux.MSG_TRUNC : 0;
    return (flags & Linux.MSG_TRUNC) != 0 ? size : n;
  }

  private void peek(Span to, Message from) {
    for (Segment segment : received) {
      if (to.remaining() == 0 || endsBefore(segment, from)) {
        break;
      }
      from.total += to.put(segment.bytes, segment.start, segment.remaining());
      from.takeFrom(segment.attachment, true);
      if (!from.files.isEmpty()) {
        break;
      }
    }
  }

  /** Moves chunks out, and counts each as it goes: the next may find no memory to go to. */
  private void consume(Span to, Message from) {
    while (!received.isEmpty() && to.remaining() > 0) {
      Segment segment = received.element();
      if (endsBefore(segment, from)) {
        break;
      }
      int n = to.put(segment.bytes, segment.start, segment.remaining());
      segment.start += n;
      receivedBytes -= n;
      from.total += n;
      from.takeFrom(segment.attachment, false);
      if (segment.remaining() == 0) {
        received.remove();
        freed(segment);
      }
      if (!from.files.isEmpty()) {
        break;
      }
    }
  }

  /** Who wants to know the sender never gets bytes of two senders at once. */
  private boolean endsBefore(Segment segment, Message from) {
    return from.total > 0
        && options.passesCredentials
        && !Objects.equals(from.credentials, segment.attachment.credentials);
  }

  private void freed(Segment segment) {
    if (peer != null) {
      peer.charged -= cost(segment.bytes.length);
      if (!peer.dead && peer.isWritable()) {
        peer.tellWritable();
      }
    }
  }

  private int cost(int bytes) {
    return isStream() ? BufferCost.ofStreamPiece(bytes) : BufferCost.ofDatagram(bytes);
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
    return send(from, flags, target, Attachment.NONE);
  }

  @Override
  public int send(Span from, int flags, @Nullable SocketAddress target, Attachment with) {
    if (!isStream()) {
      return sendPacket(from, flags, with);
    }
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
    int most = Math.min(BufferCost.MAX_STREAM_PIECE, (options.sendBytes >> 1) - 64);
    int total = 0;
    while (from.remaining() > 0) {
      int result = sendPiece(peer, from, Math.min(from.remaining(), most), with);
      if (result < 0) {
        return total > 0 ? total : result;
      }
      total += result;
    }
    return total;
  }

  private int sendPacket(Span from, int flags, Attachment with) {
    if (error != 0) {
      return -takeError();
    }
    UnixStreamSocket to = peer;
    if (to == null) {
      return -Errno.ENOTCONN;
    }
    if ((flags & Linux.MSG_OOB) != 0) {
      return -Errno.EOPNOTSUPP;
    }
    if (from.remaining() > options.sendBytes - 32) {
      return -Errno.EMSGSIZE;
    }
    return (shut & SEND_SHUT) != 0 ? -Errno.EPIPE : sendPiece(to, from, from.remaining(), with);
  }

  /**
   * Looks, as Linux does, at the own buffer first, then at the caller's memory, then at the peer.
   */
  private int sendPiece(UnixStreamSocket to, Span from, int size, Attachment with) {
    if (error != 0) {
      return -takeError();
    }
    if (charged >= options.sendBytes) {
      return -Errno.EAGAIN;
    }
    byte[] bytes;
    try {
      bytes = from.peek(size);
    } catch (BadAddressException e) {
      gaveBackBuffer();
      throw e;
    }
    if (to.dead || (to.shut & RECEIVE_SHUT) != 0) {
      gaveBackBuffer();
      return -Errno.EPIPE;
    }
    int _ = from.skip(size);
    charged += cost(size);
    boolean told = options.passesCredentials || to.options.passesCredentials;
    Attachment attachment = with.moved(told ? kernel.self : null);
    to.received.add(new Segment(Segment.Kind.DATA, bytes, attachment));
    to.receivedBytes += size;
    to.tellReadable();
    return size;
  }

  /** Memory was taken to send, and given back unsent: news to those who wait for room. */
  private void gaveBackBuffer() {
    if (isWritable()) {
      tellWritable();
    }
  }

  /** Who waits for room meets the error first; a new call meets the end of the stream first. */
  @Override
  public int sendAgain(Span from, int flags, @Nullable SocketAddress target, Attachment with) {
    return error != 0 ? -takeError() : send(from, flags, target, with);
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
    name.release();
    if (peer != null && !peer.dead) {
      peer.shut = BOTH_SHUT;
      if (!received.isEmpty() || unaccepted) {
        peer.error = Errno.ECONNRESET;
      }
      peer.tellState();
    }
    while (!received.isEmpty()) {
      Segment unread = received.remove();
      kernel.drop(unread.attachment.takeFiles());
      freed(unread);
    }
    if (backlog != null) {
      backlog.abortAll();
      connectors.wakeAll(0);
    }
  }
}
