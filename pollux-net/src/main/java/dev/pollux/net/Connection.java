package dev.pollux.net;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.loop.EventLoop;
import dev.pollux.sys.Addresses;
import dev.pollux.sys.Ancillary;
import dev.pollux.sys.Errno;
import dev.pollux.sys.PeerCredentials;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A stream of bytes both ways, over TCP or a Unix socket, on an event loop.
 *
 * <p>{@link #write} never blocks and says how it stands; what arrives comes to the {@link
 * ConnectionHandler}, as long as reading is not paused; {@link #end}, {@link #close}, {@link
 * #finish} and {@link #reset} are its ends, and {@link ConnectionHandler#closed} is called once,
 * last, whatever happens. The description of the package says all of it.
 *
 * <p>Ownership: the descriptor is the connection's. Threads: the loop's. What changes something, or
 * asks the kernel, throws {@link IllegalStateException} on another thread, before it does anything:
 * {@code connection.loop().execute(...)} there. {@link #id}, {@link #loop}, {@link #options} and
 * {@link #fd} are for any thread; what else only looks ({@link #isOpen}, {@link #queuedBytes},
 * {@link #attachment}) may tell another thread what was true once. Blocking: never.
 */
public final class Connection {

  private static final AtomicLong LAST_ID = new AtomicLong();

  /** Where it stands in the list of its server. */
  int index;

  private final long id = LAST_ID.incrementAndGet();
  private final EventLoop loop;
  private final Channel channel;
  private final Link link;
  private ConnectionHandler handler;
  private final long packedPeer; // a PackedAddress, where it was accepted
  private @Nullable SocketAddress peer;
  private @Nullable Object attachment;

  Connection(
      EventLoop loop,
      int fd,
      @Nullable SocketAddress peer,
      ConnectionOptions options,
      ConnectionHandler handler,
      boolean connecting) {
    this.loop = loop;
    this.packedPeer = connecting ? PackedAddress.NONE : PackedAddress.of(peer);
    this.peer = packedPeer == PackedAddress.NONE ? peer : null;
    this.handler = handler;
    this.channel = new Channel(this, loop, options, fd, connecting);
    this.link = channel.link;
  }

  /**
   * Takes over a connected, non-blocking stream descriptor: accepted, inherited, or one of a pair.
   * {@link ConnectionHandler#opened} is called before this returns. With TLS: {@link Detached#of}.
   *
   * @throws SysException if it cannot be watched; the descriptor then stays the caller's
   */
  public static Connection adopt(
      EventLoop loop, int fd, ConnectionOptions options, ConnectionHandler handler)
      throws SysException {
    loop.requireInLoop("Connection.adopt");
    return Detached.of(fd).adopt(loop, options, handler);
  }

  /**
   * Connects, in the background: {@link ConnectionHandler#opened} when it is done, or {@link
   * ConnectionHandler#closed} with {@link CloseReason#CONNECT_FAILED}.
   *
   * @param timeoutNanos more than 0: at most so long; 0: as long as the kernel tries
   * @throws SysException if it cannot even be begun: no descriptor, no such family, or refused at
   *     once; the handler is then not called
   */
  public static Connection connect(
      EventLoop loop,
      SocketAddress address,
      long timeoutNanos,
      ConnectionOptions options,
      ConnectionHandler handler)
      throws SysException {
    return connect(loop, address, timeoutNanos, options, null, handler);
  }

  /**
   * Connects, in the background, with TLS: {@link ConnectionHandler#opened} is called after its
   * handshake, for which {@link Tls#withHandshakeTime} has the timeout.
   *
   * @throws IllegalArgumentException if it is the server's side
   */
  public static Connection connect(
      EventLoop loop,
      SocketAddress address,
      long timeoutNanos,
      ConnectionOptions options,
      @Nullable Tls tls,
      ConnectionHandler handler)
      throws SysException {
    loop.requireInLoop("Connection.connect");
    return Connecting.begin(loop, address, timeoutNanos, options, tls, handler);
  }

  /** Its number, which no other connection of this process has or had; not 0. Any thread. */
  public long id() {
    return id;
  }

  /** Its loop. Any thread. */
  public EventLoop loop() {
    return loop;
  }

  /** Its descriptor, for logs and socket options; a number that means nothing once closed. */
  public int fd() {
    return link.fd;
  }

  /** Its options. Any thread. */
  public ConnectionOptions options() {
    return link.options;
  }

  /** The address of this end. */
  public SocketAddress localAddress() throws SysException {
    return Sockets.localAddress(loop.sys(), openFd("getsockname"));
  }

  /** The address of the other end. */
  public SocketAddress remoteAddress() throws SysException {
    SocketAddress known = PackedAddress.either(peer, packedPeer);
    if (known == null) {
      known = Sockets.peerAddress(loop.sys(), openFd("getpeername"));
      peer = known;
    }
    return known;
  }

  /** Unix sockets: who the peer was when it connected. */
  public PeerCredentials peerCredentials() throws SysException {
    return Ancillary.peerCredentials(loop.sys(), openFd("getsockopt"));
  }

  /** Sets an integer socket option, see {@code socket(7)}, {@code tcp(7)}. */
  public void setOption(int level, int name, int value) throws SysException {
    Sockets.setOption(loop.sys(), openFd("setsockopt"), level, name, value);
  }

  /** Who is called for it. */
  public ConnectionHandler handler() {
    return handler;
  }

  /** What the program keeps with it, or null. */
  public @Nullable Object attachment() {
    return attachment;
  }

  /** Keeps something with it. */
  public void attach(@Nullable Object newAttachment) {
    loop.requireInLoop("Connection.attach");
    attachment = newAttachment;
  }

  /** Whether it is made and neither closed nor being closed. */
  public boolean isOpen() {
    return link.ending.isOpen();
  }

  /** Whether it is over; {@link ConnectionHandler#closed} was or is about to be called. */
  public boolean isClosed() {
    return link.ending.isOver();
  }

  // ---- writing

  /**
   * Sends what remains of the buffer: all of it or nothing. It is copied or sent at once, and read
   * to its end, also if the answer is CLOSED; only if that is REFUSED, its position is as it was.
   */
  @CheckReturnValue
  public WriteResult write(ByteBuffer data) {
    return inLoop("Connection.write").sender.write(data);
  }

  /** Sends these bytes, all or nothing, as {@link #write(ByteBuffer)}. */
  @CheckReturnValue
  public WriteResult write(byte[] data) {
    return write(ByteBuffer.wrap(data));
  }

  /** Sends text in UTF-8, all or nothing, as {@link #write(ByteBuffer)}. */
  @CheckReturnValue
  public WriteResult write(String text) {
    return write(UTF_8.encode(text));
  }

  /**
   * Begins a write whose bytes are encoded where they will be sent from. {@link #endWrite} sends
   * them, up to the position of the buffer; without it, in this turn of the loop, nothing is sent.
   *
   * <p>The buffer is the caller's until then, and not to be touched after. What is written to the
   * connection in between comes before it. There is one at a time on each loop: another drops it.
   *
   * @param atMostBytes the room that is needed; up to 64 KiB it is memory of the queue, which is
   *     not copied if much of it is used, unless the connection is encrypted
   */
  public ByteBuffer beginWrite(int atMostBytes) {
    return inLoop("Connection.beginWrite").sender.begin(atMostBytes);
  }

  /**
   * Ends what {@link #beginWrite} began; answers like {@link #write}. REFUSED: what was encoded is
   * gone.
   *
   * @throws IllegalStateException if nothing was begun in this turn of the loop, or it was dropped
   */
  @CheckReturnValue
  public WriteResult endWrite() {
    return inLoop("Connection.endWrite").sender.end();
  }

  /** Sends bytes without copying them, all or nothing; with TLS they are encrypted: a copy. */
  @CheckReturnValue
  public WriteResult write(Payload payload) {
    return inLoop("Connection.write").sender.write(payload);
  }

  /**
   * Sends a file, after what was written before; the region is the connection's from now on, and
   * closed in any case, whatever the answer. REFUSED: {@link ConnectionOptions#maxQueuedFiles} wait
   * already.
   *
   * @throws IllegalStateException if the region is closed, or was given to a connection before;
   *     nothing is done then
   */
  @CheckReturnValue
  public WriteResult sendFile(FileRegion region) {
    return inLoop("Connection.sendFile").sender.write(region, null);
  }

  /**
   * Sends a file, as {@link #sendFile(FileRegion)}, and tells what became of it.
   *
   * @param delivery told once, as by {@link #whenSent}, whether the file has left; also if the
   *     answer is that it was not taken
   */
  @CheckReturnValue
  public WriteResult sendFile(FileRegion region, Delivery delivery) {
    return inLoop("Connection.sendFile").sender.write(region, Objects.requireNonNull(delivery));
  }

  /**
   * Unix sockets: sends a descriptor, in order with what is written: with the first of these bytes.
   *
   * <p>Ownership: {@code descriptor} stays the caller's, who may close it at once; a duplicate of
   * it travels, and is closed if it cannot be sent.
   *
   * @param with at least one byte, copied and read to its end
   * @return as of {@link #write}; REFUSED also if {@link ConnectionOptions#maxQueuedFiles} wait
   * @throws SysException if it cannot be duplicated: EBADF, EMFILE; then nothing is sent
   * @throws IllegalArgumentException without a byte
   */
  @CheckReturnValue
  public WriteResult sendDescriptor(int descriptor, ByteBuffer with) throws SysException {
    loop.requireInLoop("Connection.sendDescriptor");
    return link.sender.write(descriptor, with);
  }

  /**
   * Tells once the kernel has everything that was taken before this call, or that it will not have
   * it. In a turn of this connection's, never within this call; deliveries of one connection are
   * told in the order in which they were asked for, and before {@link ConnectionHandler#writable};
   * on a connection that is over, perhaps after {@code closed}.
   */
  public void whenSent(Delivery delivery) {
    inLoop("Connection.whenSent").sender.whenSent(Objects.requireNonNull(delivery));
  }

  /** Whether more may be written: not ended, and no {@code writable} is waited for. */
  public boolean isWritable() {
    return link.isWritable();
  }

  /** How many bytes of memory are queued to be sent; once closed, how many were lost. */
  public int queuedBytes() {
    return link.queuedBytes();
  }

  /** How many bytes of files are queued to be sent. */
  public long queuedFileBytes() {
    return link.sender.queuedFileBytes();
  }

  // ---- reading, time and the end

  /**
   * Unix sockets: from the next read on, descriptors that the peer sends are given to a handler, no
   * later than the bytes they came with. Without one, which is how a connection begins, and for
   * null, the kernel closes them.
   */
  public void acceptDescriptors(@Nullable DescriptorHandler descriptorHandler) {
    inLoop("Connection.acceptDescriptors").input.acceptDescriptors(descriptorHandler);
  }

  /** How many bytes {@link ConnectionHandler#received} left unread. */
  public int unreadBytes() {
    return link.unreadBytes();
  }

  /**
   * How many bytes the kernel holds to be read, for {@link ConnectionHandler#readComplete}: 0 tells
   * that everything which has arrived was received. A system call; with TLS, bytes of the wire.
   */
  public int availableBytes() {
    loop.requireInLoop("Connection.availableBytes");
    return link.ending.isOver() ? 0 : Math.max(0, link.availableBytes());
  }

  /**
   * Receives nothing until {@link #resumeReading}; not even from the next event of this turn. If
   * the peer is gone by a reset, the connection is over when nothing is left to be received.
   */
  public void pauseReading() {
    Pause.set(inLoop("Connection.pauseReading"), Pause.PROGRAM, true);
  }

  /** Receives again, unless {@link Workers} or the like are full; first, what was left unread. */
  public void resumeReading() {
    Pause.resume(inLoop("Connection.resumeReading"));
  }

  /** Whether reading is paused. */
  public boolean isReadingPaused() {
    return link.isPaused();
  }

  /** Whether the peer's end or reset is known: it was read, or seen while reading is paused. */
  public boolean isPeerEnded() {
    return link.isPeerEnded();
  }

  /** Half-close: the end of the stream after what is queued. Reading goes on. */
  public void end() {
    inLoop("Connection.end").end();
  }

  /** Ends in order, see above. Does nothing if it is closed or being closed. */
  public void close() {
    close(link.isReadClosed() ? CloseCause.END_OF_STREAM : CloseCause.CLOSED);
  }

  /** Ends in order, for a reason of the program's: it stays the cause, whatever comes. */
  public void close(CloseCause reason) {
    inLoop("Connection.close").close(reason);
  }

  /**
   * Ends in order, but first receives what has arrived so far: the handler hears {@link
   * ConnectionHandler#finishing}, and {@link #close} follows when nothing is due. Due is what the
   * kernel holds to be read, what the handler left and is to be given again, and the end of the
   * stream; reading that is paused is waited for, and so is whoever {@linkplain #hold works} on an
   * answer, and a TLS handshake: what is said above begins after it. A part of a frame that is left
   * unread is not due. Bounded, like {@code close}, by {@link ConnectionOptions#closeGrace} and
   * {@link ConnectionOptions#closeTotal}.
   */
  public void finish() {
    inLoop("Connection.finish").finish();
  }

  /** Ends at once; what is queued is lost, and the peer is told by a reset. */
  public void reset() {
    reset(CloseCause.of(CloseReason.CUT_OFF, "reset"));
  }

  /** Ends at once, for a reason of the program's; what is queued is lost. */
  public void reset(CloseCause reason) {
    inLoop("Connection.reset").reset(reason);
  }

  // ---- handing over

  /**
   * Says that somebody works on an answer, elsewhere or later: until {@link #release}, {@link
   * #finish} waits and silence does not count. Each hold wants a release of its own. An end by
   * {@link #close} or {@link #reset} does not wait, nor does one because nothing can be sent any
   * more, and a release after it is nothing.
   */
  public void hold() {
    inLoop("Connection.hold").ending.hold();
  }

  /**
   * Says that the work of a {@link #hold} is done.
   *
   * @throws IllegalStateException if there were no more holds than releases
   */
  public void release() {
    inLoop("Connection.release").release();
  }

  /**
   * Hands it to another handler: after a handshake, an upgrade, a header. Nothing is called before
   * the callback that this may be in has returned. Then the new one is told that it is {@linkplain
   * ConnectionHandler#attached attached}, and given what the other has left unread, and the end of
   * the stream if that has come; if {@code opened} was not called yet, it will be that of the new
   * one. If the connection ends first, {@code closed} is all that it hears. Reading that is paused
   * stays so, whoever paused it, until {@link #resumeReading}; a {@link Relay} resumes it itself.
   */
  public void setHandler(ConnectionHandler newHandler) {
    loop.requireInLoop("Connection.setHandler");
    handler = link.handOver(handler, Objects.requireNonNull(newHandler));
  }

  /**
   * Gives the descriptor away, and what the handler leaves unread or has read ahead: to another
   * loop, which goes on by {@link Detached#adopt}, another library, a child. The connection is over
   * with that: {@code closed} is told {@link CloseReason#DETACHED}, and then the taker is called,
   * in the closing phase of this turn; an {@link #end} was sent by then. A request that {@link
   * Workers} have in work is not answered any more. Nothing is done if it is being closed.
   *
   * @throws IllegalStateException if it is not made yet, has TLS, which does not end with a
   *     descriptor, or has something queued to be sent: {@link #whenSent} tells when it has not.
   *     Nothing was done then
   */
  public void detach(Consumer<Detached> taker) {
    loop.requireInLoop("Connection.detach");
    channel.detach(Objects.requireNonNull(taker));
  }

  /**
   * Goes on with TLS: after a STARTTLS command, a PROXY header, or a look at the client's {@link
   * Tls#serverName}. What was written before is sent as it is, what the handler leaves unread is
   * the beginning of the handshake, and all else is encrypted. So a command is to be read to its
   * end and no further: what a peer sends in plain behind it ends the connection with {@link
   * CloseReason#PROTOCOL}.
   *
   * <p>From now on nobody is told anything before the handshake is done; then the next handler,
   * which may be that of before, is {@linkplain ConnectionHandler#attached attached}. If the
   * connection ends before that, {@code closed} is all that it hears.
   *
   * @throws IllegalStateException if it is not made yet, has TLS, or has {@linkplain #end ended};
   *     nothing was done then
   */
  public void startTls(Tls tls, ConnectionHandler next) {
    loop.requireInLoop("Connection.startTls");
    link.startTls(tls, Objects.requireNonNull(next));
  }

  /** What TLS agreed on; null without TLS, and before the handshake is done. */
  public @Nullable SSLSession tlsSession() {
    return link.filter() instanceof TlsFilter tls ? tls.session() : null;
  }

  /** The application protocol that TLS agreed on (ALPN); null if none. */
  public @Nullable String applicationProtocol() {
    return link.filter() instanceof TlsFilter tls ? tls.applicationProtocol() : null;
  }

  @Override
  public String toString() {
    SocketAddress known = PackedAddress.either(peer, packedPeer);
    String to = known == null ? "" : " to " + Addresses.text(known);
    return "connection " + id + " (fd " + fd() + ")" + to + ", " + link.ending;
  }

  private Link inLoop(String call) {
    loop.requireInLoop(call);
    return link;
  }

  Channel channel() {
    return channel;
  }

  Link link() {
    return link;
  }

  /** A socket call after the end would reach whoever has the number now. */
  private int openFd(String call) throws SysException {
    loop.requireInLoop(call);
    if (link.ending.isOver()) {
      throw SysException.of(call + "(fd=" + fd() + ")", -Errno.EBADF, "the connection is closed");
    }
    return fd();
  }
}
