package dev.pollux.net;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * TLS on one connection, by an {@link SSLEngine}.
 *
 * <p>In: the wire's bytes lie in the loop's read buffer, and a record that is not whole yet is left
 * there, for the stream to keep. Plain bytes are gathered in a buffer of the loop's, in front of
 * them what the handler left before, which may be as much as {@link ConnectionOptions#readBytes} or
 * a record. Out: plain bytes are wrapped at once into the queue of the wire; what comes before the
 * handshake is done, and files, wait in {@link #held} and follow as the queue has room. So no
 * buffer here grows without a bound of the connection's.
 *
 * <p>A TLS 1.2 engine that is told that the peer ends sends nothing more (RFC 5246, 7.2.1), so what
 * came before an alert is given to the handler before the engine sees that. Threads: the loop's.
 */
final class TlsFilter implements Filter {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final int ALERT = 21; // RFC 8446, ContentType; TLS 1.3 hides it

  private final Connection connection;
  private final Channel channel;
  private final Link link;
  private final TlsBuffers buffers;
  private final ByteQueue held;
  private final int limitBytes;
  private final Tls tls;
  private final TlsHandshake handshake;
  private @Nullable SSLSession session; // from the end of the handshake on
  private @Nullable ByteQueue unread;
  private int lostBytes;
  private boolean begun;
  private boolean readClosed;
  private boolean readClosedTold;
  private boolean endAsked;
  private boolean failed;

  TlsFilter(Connection connection, Tls tls) {
    this.connection = connection;
    this.channel = connection.channel();
    this.link = connection.link();
    this.tls = tls;
    this.handshake = new TlsHandshake(channel, tls);
    this.limitBytes = Math.max(connection.options().readBytes(), TlsBuffers.RECORD_BYTES);
    this.buffers = TlsBuffers.of(connection.loop());
    this.held = new ByteQueue(link.local);
  }

  @Nullable SSLSession session() {
    return session;
  }

  /** What ALPN agreed on; null if nothing. */
  @Nullable String applicationProtocol() {
    String protocol = isEstablished() ? engine().getApplicationProtocol() : null;
    return protocol == null || protocol.isEmpty() ? null : protocol;
  }

  @Override
  public void begin() {
    begun = true;
    received(NOTHING);
  }

  @Override
  public boolean hasBegun() {
    return begun;
  }

  @Override
  public void received(ByteBuffer wire) {
    int start = wire.position();
    try {
      if (!isHeldUp()) {
        if (handshake.begin() && handshake.takeDue()) {
          proceed(); // as far as it goes without new bytes
        }
        receive(wire);
      }
    } catch (SSLException e) {
      fail(e);
    } finally {
      handshake.endTurn(wire.position() > start);
    }
  }

  private void receive(ByteBuffer wire) throws SSLException {
    ByteBuffer plain = buffers.plain(Math.max(limitBytes, unreadBytes()));
    ByteQueue kept = unread;
    if (kept != null) {
      kept.drainTo(plain);
    }
    unwrap(wire, plain);
    deliver(plain);
    if (readClosed) {
      var _ = wire.position(wire.limit()); // what follows a close_notify means nothing
    }
  }

  @Override
  public void putBack(ByteBuffer front) {
    unread = Incoming.inFront(link.local, front, unread);
  }

  @Override
  public int wireBytes() {
    return TlsBuffers.WIRE_RECORD_BYTES;
  }

  @Override
  public int unreadBytes() {
    ByteQueue kept = unread;
    return kept == null ? 0 : kept.sizeBytes();
  }

  @Override
  public boolean hasUnread() {
    return unreadBytes() > 0 || hasEndToTell() || handshake.isDue();
  }

  @Override
  public boolean wantsInput() {
    return !handshake.isHeldUp();
  }

  @Override
  public long handshakeNanos() {
    return tls.handshakeNanos();
  }

  @Override
  public CloseCause timedOut() {
    failed = true;
    long millis = tls.handshakeNanos() / 1_000_000;
    String message = "the TLS handshake was not done in " + millis + " ms";
    return CloseCause.of(CloseReason.PROTOCOL, message);
  }

  @Override
  public boolean isReadClosed() {
    return readClosed;
  }

  @Override
  public void handlerChanged() {
    readClosedTold = false;
  }

  @Override
  public void readClosed() {
    if (!readClosed && !failed) {
      failed = true;
      String when =
          isEstablished() ? "without close_notify: something may be missing" : "in a handshake";
      connection.close(CloseCause.of(CloseReason.PROTOCOL, "the peer ended the stream " + when));
    }
  }

  @Override
  public void write(ByteBuffer plain) {
    try {
      while (isEstablished()
          && held.isEmpty()
          && plain.hasRemaining()
          && !failed
          && link.sender.hasWireRoom()) {
        TlsRecords.wrap(engine(), plain, link);
      }
    } catch (SSLException e) {
      fail(e);
    }
    if (failed || link.ending.isOver()) {
      lostBytes += plain.remaining(); // nobody is there to take it
      var _ = plain.position(plain.limit());
    }
    while (plain.hasRemaining() && held.appendSome(plain) > 0) {}
  }

  @Override
  public void write(FileRegion file) {
    held.append(file);
  }

  @Override
  public void pump() {
    if (!isEstablished() || failed) {
      return;
    }
    if (link.ending.broken() != null) {
      dropHeld();
      return;
    }
    int limit = connection.options().highWaterBytes();
    try {
      int room = limit - link.output.sizeBytes();
      while (!held.isEmpty() && room > 0) {
        if (!wrapHeld(room)) {
          return;
        }
        room = limit - link.output.sizeBytes();
      }
      if (endAsked && held.isEmpty() && !engine().isOutboundDone()) {
        engine().closeOutbound();
        TlsRecords.flush(engine(), link);
      }
    } catch (SSLException e) {
      fail(e);
    }
  }

  @Override
  public int queuedBytes() {
    return held.sizeBytes() + lostBytes;
  }

  @Override
  public int heldBytes() {
    return held.sizeBytes();
  }

  @Override
  public long level() {
    return held.sizeBytes() + held.fileBytes();
  }

  @Override
  public int queuedFiles() {
    return held.fileCount();
  }

  @Override
  public boolean hold(Delivery mark, boolean lost) {
    boolean holds = !held.isEmpty();
    if (holds) {
      held.append(mark, lost);
    }
    return holds;
  }

  @Override
  public boolean isDrained() {
    return failed || (held.isEmpty() && (!endAsked || handshake.isOutboundDone()));
  }

  @Override
  public void end() {
    endAsked = true;
    pump(); // in a handshake, it is done when that is
  }

  @Override
  public @Nullable CloseCause abandon() {
    if (isEstablished() || failed) {
      return null;
    }
    boolean lost = !held.isEmpty();
    dropHeld();
    sayGoodbye();
    failed = true; // without an engine, or while it is away, nothing is said
    return lost ? CloseCause.of(CloseReason.CUT_OFF, "closed in the TLS handshake") : null;
  }

  @Override
  public void closed() {
    dropHeld();
    ByteQueue kept = unread;
    if (kept != null) {
      kept.clear();
    }
  }

  private boolean isEstablished() {
    return session != null;
  }

  private SSLEngine engine() {
    return handshake.engine();
  }

  /** Whether nothing is to be received now. */
  private boolean isHeldUp() {
    return failed
        || !connection.isOpen()
        || !wantsInput()
        || (isEstablished() && connection.isReadingPaused());
  }

  /** Takes records off the wire until there is no whole one, or the handler pauses. */
  private void unwrap(ByteBuffer wire, ByteBuffer plain) throws SSLException {
    while (!readClosed && !isHeldUp() && hasTurn(wire)) {
      if (isTimeToDeliver(wire, plain) && !makeRoom(plain)) {
        return;
      }
      SSLEngineResult result = TlsEngine.unwrap(engine(), wire, plain);
      switch (result.getStatus()) {
        case OK -> {
          proceed();
          if (result.bytesConsumed() == 0 && result.bytesProduced() == 0 && isSettled()) {
            return;
          }
        }
        case BUFFER_UNDERFLOW -> {
          return;
        }
        case BUFFER_OVERFLOW ->
            throw new SSLException("a record of more than " + plain.remaining() + " bytes");
        case CLOSED -> endInbound();
      }
    }
  }

  /** Whether bytes may be unwrapped now: in a handshake, each record is a step of it. */
  private boolean hasTurn(ByteBuffer wire) {
    return isEstablished() || (wire.hasRemaining() && handshake.takeTurn());
  }

  private boolean isTimeToDeliver(ByteBuffer wire, ByteBuffer plain) {
    return wire.hasRemaining()
        && plain.position() > 0
        && (plain.position() >= limitBytes || wire.get(wire.position()) == ALERT);
  }

  /** The peer's close_notify. */
  private void endInbound() throws SSLException {
    if (!isEstablished()) {
      throw new SSLException("the peer closed TLS in a handshake");
    }
    readClosed = true;
    if (!TlsEngine.isTls13(engine())) {
      TlsRecords.flush(engine(), link); // the engine answers it, and is closed for sending, too
      if (!held.isEmpty()) {
        link.ending.lost(CloseCause.of(CloseReason.CUT_OFF, "the peer ended TLS 1.2: not sent"));
      }
      dropHeld();
      connection.end();
    }
  }

  /** Whether another unwrap without new bytes would do nothing. */
  private boolean isSettled() {
    return engine().getHandshakeStatus() != HandshakeStatus.NEED_UNWRAP_AGAIN;
  }

  /** Gives the handler what is there; false if it does not want more now. */
  private boolean makeRoom(ByteBuffer plain) {
    var _ = plain.flip();
    Callbacks.received(connection, plain);
    if (!connection.isOpen()) {
      var _ = plain.clear();
      return false;
    }
    var _ = plain.compact();
    if (connection.isReadingPaused()) {
      return false;
    }
    int left = plain.position();
    if (left >= limitBytes) {
      connection.reset(
          CloseCause.of(CloseReason.LIMIT, left + " bytes are left unread, of " + limitBytes));
    }
    return left < limitBytes;
  }

  private void deliver(ByteBuffer plain) {
    var _ = plain.flip();
    if (isEstablished() && plain.hasRemaining() && connection.isOpen()) {
      if (!connection.isReadingPaused()) {
        Callbacks.received(connection, plain);
      }
      if (plain.hasRemaining() && connection.isOpen()) {
        keep(plain);
      }
    }
    if (hasEndToTell() && connection.isOpen() && !connection.isReadingPaused()) {
      readClosedTold = true;
      Callbacks.readClosed(connection);
    }
  }

  private boolean hasEndToTell() {
    return readClosed && !readClosedTold;
  }

  private void keep(ByteBuffer plain) {
    ByteQueue kept = unread;
    if (kept == null) {
      kept = new ByteQueue(link.local);
      unread = kept;
    }
    kept.append(plain);
  }

  /** Does what the handshake wants, until it waits for the peer or is done. */
  private void proceed() throws SSLException {
    while (true) {
      HandshakeStatus status = engine().getHandshakeStatus();
      if (isEstablished() && status != HandshakeStatus.NOT_HANDSHAKING) {
        TlsEngine.refuseRenegotiation(engine());
      }
      switch (status) {
        case NEED_TASK -> {
          if (!handshake.compute()) {
            return;
          }
        }
        case NEED_WRAP -> {
          boolean _ = TlsRecords.wrap(engine(), link);
          if (isFlooded()) {
            return;
          }
        }
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          return;
        }
        case NOT_HANDSHAKING, FINISHED -> {
          if (!isEstablished()) {
            establish();
          }
          return;
        }
      }
    }
  }

  /** A peer may ask for answers for ever, such as new keys, and never read them. */
  private boolean isFlooded() {
    int limit = Math.max(connection.options().maxQueuedBytes(), TlsBuffers.WIRE_RECORD_BYTES);
    int queued = link.output.sizeBytes();
    if (queued > limit) {
      failed = true;
      connection.reset(
          CloseCause.of(CloseReason.LIMIT, queued + " bytes of TLS are queued, not read"));
    }
    return queued > limit;
  }

  private void establish() throws SSLException {
    SSLSession agreed = engine().getSession();
    TlsHost host = tls.host();
    if (host != null) {
      host.check(agreed);
    }
    session = agreed;
    channel.secured();
    pump();
  }

  private void dropHeld() {
    lostBytes += held.sizeBytes();
    held.clear();
    link.sender.takeMarks(held);
  }

  /** A record's worth of what is held; false if the connection came to its end by that. */
  private boolean wrapHeld(int room) throws SSLException {
    ByteBuffer source = buffers.source();
    var _ = source.limit(Math.min(source.capacity(), room));
    int result = held.fill(source);
    if (result < 0) {
      failed = true;
      connection.reset(CloseCause.ofErrno("pread", -result));
      return false;
    }
    var _ = source.flip();
    while (source.hasRemaining()) {
      TlsRecords.wrap(engine(), source, link);
    }
    link.sender.takeMarks(held);
    return true;
  }

  /** Closes the engine for sending, and says so, if there is one here. */
  private void sayGoodbye() {
    if (handshake.isEngineHere()) {
      TlsRecords.sayGoodbye(engine(), link);
    }
  }

  /** The protocol is broken: tells the peer by an alert, and ends. */
  private void fail(SSLException e) {
    if (failed) {
      return;
    }
    sayGoodbye();
    failed = true;
    dropHeld();
    connection.close(CloseCause.of(CloseReason.PROTOCOL, e));
  }
}
