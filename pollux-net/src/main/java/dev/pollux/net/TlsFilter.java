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
 * there, for the stream to keep. Plain bytes are gathered behind what the handler left before, in a
 * buffer of the loop's or where that lies. Out: plain bytes are wrapped at once into the queue of
 * the wire; what comes before the handshake is done, and files, wait in {@link #held} and follow as
 * the queue has room. So no buffer here grows without a bound of the connection's.
 *
 * <p>A TLS 1.2 engine that is told that the peer ends sends nothing more (RFC 5246, 7.2.1), so what
 * came before an alert is given to the handler before the engine sees that.
 *
 * <p>Where TLS breaks, what had arrived by then is the handler's, also after a pause, which has the
 * time of an end; and then it ends. Threads: the loop's.
 */
final class TlsFilter implements Filter {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final int ALERT = 21; // RFC 8446, ContentType; TLS 1.3 hides it

  private final Connection connection;
  private final Channel channel;
  private final Link link;
  private final TlsBuffers buffers;
  private final ByteQueue held;
  private final Unread unread;
  private final Tls tls;
  private final TlsHandshake handshake;
  private @Nullable SSLSession session; // from the end of the handshake on
  private final TlsEnd inputEnd = new TlsEnd();
  private boolean begun;
  private boolean endAsked;
  private boolean failed;

  TlsFilter(Connection connection, Tls tls) {
    this.connection = connection;
    this.channel = connection.channel();
    this.link = connection.link();
    this.tls = tls;
    this.handshake = new TlsHandshake(connection, tls);
    this.buffers = TlsBuffers.of(connection.loop());
    this.held = new ByteQueue(link.local);
    this.unread = new Unread(link.local);
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
      if (advance() || isEndDue()) {
        receiveAll(wire);
      }
    } finally {
      handshake.endTurn(wire.position() > start);
    }
  }

  /** Goes on with a handshake as far as it can without new bytes; whether they are wanted then. */
  private boolean advance() {
    try {
      if (!failed && !isHeldUp() && handshake.begin() && handshake.takeDue()) {
        proceed();
      }
    } catch (SSLException e) {
      fail(e);
    }
    return !isHeldUp();
  }

  private void receiveAll(ByteBuffer wire) {
    boolean more = true;
    while (more) {
      more = receive(wire) && !isHeldUp() && !link.isRestFirst(); // who pauses may leave more
      if (more && unread.sizeBytes() >= limitBytes()) {
        connection.reset(
            CloseCause.of(
                CloseReason.LIMIT,
                unread.sizeBytes() + " bytes are left unread, of " + limitBytes()));
      }
      more &= !isHeldUp();
    }
    inputEnd.readComplete(connection);
    if (!link.isRestBeforeEnd()) {
      inputEnd.tell(connection, isEndDue());
    }
    if (inputEnd.isKnown()) {
      var _ = wire.position(wire.limit()); // what follows a close_notify means nothing
    }
  }

  @Override
  public int wireBytes() {
    return TlsBuffers.WIRE_RECORD_BYTES;
  }

  @Override
  public Unread unread() {
    return unread;
  }

  @Override
  public boolean hasUnread() {
    return unread.sizeBytes() > 0 || inputEnd.isToTell() || handshake.isDue();
  }

  @Override
  public boolean isEndDue() {
    return inputEnd.isBroken() && unread.sizeBytes() == 0;
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
    return inputEnd.isReadClosed();
  }

  @Override
  public void handlerChanged() {
    inputEnd.handlerChanged();
  }

  @Override
  public void readClosed() {
    if (!inputEnd.isReadClosed() && !failed) {
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
      link.output.lose(plain.remaining()); // nobody is there to take it
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
    handshake.sayGoodbye();
    failed = true; // without an engine, or while it is away, nothing is said
    return lost ? CloseCause.of(CloseReason.CUT_OFF, "closed in the TLS handshake") : null;
  }

  @Override
  public void closed() {
    dropHeld();
    unread.clear();
  }

  private boolean isEstablished() {
    return session != null;
  }

  private SSLEngine engine() {
    return handshake.engine();
  }

  /** Whether nothing is to be received now. */
  private boolean isHeldUp() {
    return !connection.isOpen()
        || !wantsInput()
        || (isEstablished() && connection.isReadingPaused());
  }

  /** Gives the handler as much of the wire as is given at once; whether there may be more. */
  private boolean receive(ByteBuffer wire) {
    ByteBuffer plain = room();
    boolean more = false;
    try {
      try {
        more = unwrap(wire, plain);
      } catch (SSLException e) {
        fail(e);
      } finally {
        var _ = plain.limit(plain.position()).position(unread.lentStart());
      }
      if (plain.hasRemaining() && !isHeldUp()) {
        Callbacks.received(connection, plain);
      }
    } finally {
      if (!connection.isOpen()) {
        var _ = plain.position(plain.limit());
      }
      unread.settle(plain);
    }
    return more;
  }

  /** A buffer that ends in room for a record, and begins with what was left. */
  private ByteBuffer room() {
    if (unread.isShort()) {
      ByteBuffer plain = buffers.plain(Unread.SHORT_BYTES + connection.options().readBytes());
      unread.drainTo(plain);
      return plain;
    }
    var _ = unread.reserve(TlsBuffers.WIRE_RECORD_BYTES);
    ByteBuffer plain = unread.lend(0);
    return plain.position(plain.limit()).limit(plain.capacity());
  }

  /** How many bytes the handler may leave; a record comes as a whole. */
  private int limitBytes() {
    return Math.max(link.input.limitBytes(), TlsBuffers.RECORD_BYTES);
  }

  /**
   * Takes records off the wire until there is no whole one, or none is to be received now.
   *
   * @return whether it is time to give the handler what is there, and there may be more
   */
  private boolean unwrap(ByteBuffer wire, ByteBuffer plain) throws SSLException {
    int start = plain.position();
    while (!inputEnd.isKnown() && !isHeldUp() && hasTurn(wire)) {
      if (isTimeToDeliver(wire, plain, plain.position() > start)) {
        return true;
      }
      SSLEngineResult result = TlsEngine.unwrap(engine(), wire, plain);
      switch (result.getStatus()) {
        case OK -> {
          proceed();
          if (result.bytesConsumed() == 0 && result.bytesProduced() == 0) {
            return false; // nor would another one, without new bytes
          }
        }
        case BUFFER_UNDERFLOW -> {
          return false;
        }
        case BUFFER_OVERFLOW ->
            throw new SSLException("a record of more than " + plain.remaining() + " bytes");
        case CLOSED -> endInbound();
      }
    }
    return false;
  }

  /** Whether bytes may be unwrapped now: in a handshake, some records are a step of it. */
  private boolean hasTurn(ByteBuffer wire) {
    return isEstablished() || (wire.hasRemaining() && handshake.takeRecord());
  }

  private boolean isTimeToDeliver(ByteBuffer wire, ByteBuffer plain, boolean isNew) {
    int size = plain.position() - unread.lentStart();
    return wire.hasRemaining()
        && size > 0
        && (size >= limitBytes()
            || plain.remaining() < TlsBuffers.WIRE_RECORD_BYTES
            || (isNew && wire.get(wire.position()) == ALERT));
  }

  /** The peer's close_notify. */
  private void endInbound() throws SSLException {
    if (!isEstablished()) {
      throw new SSLException("the peer closed TLS in a handshake");
    }
    inputEnd.readClosed();
    if (!TlsEngine.isTls13(engine())) {
      TlsRecords.flush(engine(), link); // the engine answers it, and is closed for sending, too
      if (!held.isEmpty()) {
        link.ending.lost(CloseCause.of(CloseReason.CUT_OFF, "the peer ended TLS 1.2: not sent"));
      }
      dropHeld();
      connection.end();
    }
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
    TlsHost.check(tls.host(), agreed);
    session = agreed;
    channel.secured();
    pump();
  }

  private void dropHeld() {
    link.output.lose(held.sizeBytes());
    held.lose();
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

  /**
   * The protocol is broken: ends when the handler has what came before. The peer learns it by the
   * engine's alert or else by a reset, for a close_notify would say that this was all.
   */
  private void fail(SSLException e) {
    if (failed) {
      return;
    }
    failed = true;
    dropHeld();
    CloseCause why = CloseCause.of(CloseReason.PROTOCOL, e);
    inputEnd.broken(why, handshake.sayAlert());
    if (!isEstablished()) {
      inputEnd.tell(connection, true);
    } else {
      link.ending.lost(why);
      connection.end(); // nothing can be sent
      link.awaitEnd(); // whoever pauses
      link.giveAgain();
      link.kick();
    }
  }
}
