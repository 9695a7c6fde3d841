package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.Ending.State;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What may be done to a {@link Connection}, and what there is to know of it: the program's side, as
 * {@link Channel} is the loop's.
 *
 * <p>Nothing here calls the handler. What is done here is noted in {@link Incoming}, {@link
 * Outgoing}, {@link Ending} and {@link Clock}, and the loop is asked for a turn of work, in which
 * the rest follows. So no call of the program's leads to a call of a handler.
 *
 * <p>Threads: the loop's.
 */
final class Link {

  private static final byte REST_DUE = 1; // to be given again
  private static final byte REST_FIRST = 2; // and before all else: a part of it was put back
  private static final byte REST_HANDED = 4; // to another handler, who hears of the end after it

  final ConnectionOptions options;
  final LoopNet local;
  final int fd;
  final Watch watch;
  final Incoming input;
  final Outgoing output;
  final Ending ending;
  final Clock clock;
  final Sender sender;
  private @Nullable Filter filter;
  private boolean inTurn;
  private boolean flushQueued;
  private boolean peerEnded;
  private boolean begun;
  private boolean attachDue;

  /** Something was received since the handler was last told that this is all for now. */
  boolean given;

  private byte rest; // what was left unread
  byte pausedBy; // see Pause
  @Nullable Leaver leaver; // who works on it

  Link(Connection owner, EventLoop loop, ConnectionOptions options, int fd, boolean connecting) {
    this.options = options;
    this.local = LoopNet.of(loop);
    this.fd = fd;
    this.watch = new Watch();
    this.input = new Incoming(local, options.maxUnreadBytes());
    this.output = new Outgoing(options, local);
    this.ending = new Ending(connecting ? State.CONNECTING : State.OPEN);
    this.clock = new Clock(options);
    this.sender = new Sender(owner, this);
  }

  // ---- what there is to know

  EventLoop loop() {
    return local.loop();
  }

  /** To be queued, and not to be called. */
  private Channel channel() {
    return sender.owner.channel();
  }

  @Nullable Filter filter() {
    return filter;
  }

  boolean isPaused() {
    return pausedBy != 0;
  }

  /** Whether more may be written: not ended, and no {@code writable} is waited for. */
  boolean isWritable() {
    return ending.isTaking() && !output.isFull(level());
  }

  /** How many bytes more may be queued: any number where none are. */
  int roomBytes() {
    Filter between = filter;
    int queued = output.sizeBytes() + (between == null ? 0 : between.heldBytes());
    return queued <= 0 ? Integer.MAX_VALUE : options.maxQueuedBytes() - queued;
  }

  /** How much is to be sent, by which the watermarks go: bytes in memory and in files. */
  long level() {
    Filter between = filter;
    return output.level() + (between == null ? 0 : between.level());
  }

  /** How many bytes are queued to be sent, in the filter or behind it; once it is over, lost. */
  int queuedBytes() {
    Filter between = filter;
    long queued = (long) output.sizeBytes() + (between == null ? 0 : between.heldBytes());
    return (int)
        Math.min(Integer.MAX_VALUE, ending.isOver() ? queued + output.lostBytes() : queued);
  }

  /** How many bytes the handler left. */
  int unreadBytes() {
    Filter between = filter;
    return between == null ? input.sizeBytes() : between.unread().sizeBytes();
  }

  /** Puts bytes that the handler was given in front of what it left; they are given again. */
  void putBack(ByteBuffer front) {
    Filter between = filter;
    (between == null ? input.unread() : between.unread()).putBack(front);
    rest = REST_FIRST;
    kick();
  }

  /** How many bytes off the wire may be left: by the handler, or the filter. */
  int unreadLimit() {
    Filter between = filter;
    return between == null
        ? input.limitBytes()
        : Math.max(options.readBytes(), between.wireBytes());
  }

  /** What is left is the beginning of so many bytes that belong together; 0 is not known. */
  void expect(int sizeBytes) {
    Filter between = filter;
    if (sizeBytes > Unread.SHORT_BYTES && between == null) {
      input.expect(sizeBytes);
    } else if (sizeBytes > Unread.SHORT_BYTES && between != null) {
      between.unread().expect(sizeBytes);
    }
  }

  /** How much the kernel holds to be read, or -errno. */
  int availableBytes() {
    return local.ioctl(local.sys(), fd, Linux.FIONREAD);
  }

  /** Whether the kernel has bytes, the end or an error to be read; consumes nothing. */
  boolean hasInput() {
    return local.poll(fd, Linux.POLLIN) != 0;
  }

  /** Whether the peer is known to have ended. */
  boolean isPeerEnded() {
    return peerEnded || isReadClosed();
  }

  /** Whether no event tells of the peer: nothing is read, for now or for ever. */
  boolean isUnheard() {
    return ending.isOpen() && (ending.isInputEnded() || (isPaused() && !ending.isSecuring()));
  }

  /** Whether readiness is told on its edges only. */
  boolean isEdge() {
    return options.trigger().isEdge();
  }

  /** Whether bytes lie here which the handler may be given, or has left. */
  boolean hasUnread() {
    Filter between = filter;
    return input.sizeBytes() > 0 || (between != null && between.hasUnread());
  }

  /** Whether input is read if there is any; a handshake has it whatever the handler wants. */
  boolean wantsInput() {
    Filter between = filter;
    boolean isListening = (!isPaused() || ending.isSecuring()) && !ending.isInputEnded();
    return isListening && (between == null || between.wantsInput());
  }

  /** Whether the peer has ended its half. */
  boolean isReadClosed() {
    Filter between = filter;
    return ending.isInputEnded() || (between != null && between.isReadClosed());
  }

  /** Whether the end is read, and is to be told. */
  boolean isEndDue() {
    return ending.isEndToTell() && (!isPaused() || ending.isSecuring());
  }

  /** What was left unread is to be given again. */
  void giveAgain() {
    rest |= REST_DUE;
  }

  boolean isRestToGive() {
    return rest != 0;
  }

  /** Whether a part of what was left was put back: it is given before anything else. */
  boolean isRestFirst() {
    return (rest & REST_FIRST) != 0;
  }

  /** Whether the end comes after it; who only pauses, and goes on, hears of the end meanwhile. */
  boolean isRestBeforeEnd() {
    return isRestDue() && rest >= REST_FIRST;
  }

  /** Whether what the handler left is to be given once more, to it or to a handshake. */
  boolean isRestDue() {
    return rest != 0 && isRestWanted() && hasUnread();
  }

  /** Whether no pause holds back what was left, or there is but an end that none does. */
  boolean isRestWanted() {
    Filter between = filter;
    return !isPaused() || ending.isSecuring() || (between != null && between.isEndDue());
  }

  /** Whether the handler is to hear that there is room, also after an end: it may wait for that. */
  boolean isRoomDue() {
    return ending.isOpen() && !ending.isSecuring() && output.isToTell(level());
  }

  /** Whether the handler is to hear that it is one, or that a finish has begun. */
  boolean isNewsDue() {
    return isFilterDue() || isAttachDue() || ending.isFinishToTell();
  }

  /** Whether another handler was put in the place of one, and has not heard of that. */
  boolean isAttachDue() {
    return attachDue && ending.isOpen() && !ending.isSecuring();
  }

  // ---- asking for work

  /** Puts something between the wire and the handler; before it begins. */
  void setFilter(Filter newFilter) {
    filter = newFilter;
    ending.securing();
  }

  /** Goes on with TLS, when the callback that this may be in has returned. */
  void startTls(Tls tls, ConnectionHandler next) {
    Connection owner = sender.owner;
    Filter between = tls.filter(owner);
    boolean sends = filter == null && ending.isSending() && Leaver.leaveIfSending(this);
    if (!sends && (filter != null || ending.isConnecting() || ending.isOpen())) {
      throw new IllegalStateException("TLS can begin once, on a connection that sends: " + owner);
    }
    owner.setHandler(next);
    if (ending.isOpen()) { // else a thread had asked for the end
      setFilter(between); // and what was left unread is the filter's
      ending.handlerChanged(); // an end that was told is one within the handshake
      giveAgain();
      kick();
    }
  }

  /** Whether a filter is to begin that was put in later. */
  boolean isFilterDue() {
    return begun && filter != null && ending.isSecuring() && !filter.hasBegun();
  }

  boolean hasBegun() {
    return begun;
  }

  /** The handler is told that it is usable: one that is set from now on comes in its place. */
  void begun() {
    begun = true;
  }

  /** Another handler comes in the place of one, which leaves things in order; the other. */
  @SuppressWarnings("ReferenceEquality") // whether it is another one is the question
  ConnectionHandler handOver(ConnectionHandler old, ConnectionHandler next) {
    if (old != next) {
      Leaver.leave(this);
      Pause.leave(this);
      ending.holdToEnd(false);
    }
    if (begun) {
      attachDue = true;
      input.limit(options.maxUnreadBytes());
      kick();
    }
    return next;
  }

  /** Whether there is another handler; asks once, and has it given what was left, and the end. */
  boolean takeAttach() {
    boolean due = isAttachDue();
    if (due) {
      attachDue = false;
      ending.handlerChanged();
      rest |= REST_DUE | REST_HANDED;
      Filter between = filter;
      if (between != null) {
        between.handlerChanged();
      }
    }
    return due;
  }

  /** Somebody has done that work. */
  void release() {
    boolean held = ending.isHeld();
    if (!ending.release()) {
      throw new IllegalStateException("released more often than held");
    }
    if (held && !ending.isHeld()) {
      clock.read(loop().nowNanos()); // silence counts from here
      kick();
    }
  }

  // ---- time

  /** Has the timer run when something is due. */
  void arm() {
    clock.arm(loop(), ending.state(), Due.facts(this), channel());
  }

  /** The kernel took so many bytes. */
  void sent(int sizeBytes) {
    ending.sent();
    if (clock.sent(loop().nowNanos(), sizeBytes)) {
      arm();
    }
  }

  /** Bytes are left to be sent. */
  void unsent() {
    if (ending.broken() == null && clock.unsent(loop().nowNanos())) {
      arm();
    }
  }

  /** From now on no event tells of the peer. */
  void lookNowAndThen() {
    clock.unheard(loop().nowNanos());
    arm();
  }

  /** Something is known of the peer, and to be looked at before long. */
  void lookSoon() {
    clock.lookSoon(loop().nowNanos());
    arm();
  }

  /** An end is waited for, and has its time. */
  void awaitEnd() {
    clock.ending(loop().nowNanos());
    arm();
  }

  /** The peer's end was seen; true if the program does not know of it. */
  boolean notePeerEnd() {
    boolean known = peerEnded || ending.isEndTold();
    peerEnded = true;
    return !known;
  }

  // ---- work

  /** A turn of work has begun, or ended: what is asked for in between is done in it. */
  void setInTurn(boolean now) {
    inTurn = now;
  }

  /** Whether this is within its turn of work. */
  boolean isInTurn() {
    return inTurn;
  }

  /** Whether a write has left something to its next turn of work. */
  boolean isTurnDue() {
    int due = Pending.UNSENT | Pending.GIVE;
    return (Pending.of(this) & due) != 0 || ending.isFinishing();
  }

  /** The flush that was asked for is here. */
  void flushed() {
    flushQueued = false;
  }

  /** Whether what was left unread is to be given again; asks for it once. */
  boolean takeAgain() {
    boolean due = rest != 0;
    rest = 0;
    return due;
  }

  /** Work to do: at the end of the work at hand, or else in the next flush phase. */
  void kick() {
    if (!inTurn && !flushQueued) {
      loop().flushLater(channel());
      flushQueued = true;
    }
  }

  // ---- the end

  /** Half-close. */
  void end() {
    Filter between = filter;
    if (ending.end()) {
      if (between != null) {
        between.end();
      }
      kick();
    }
  }

  /** The end in order, when nothing is due. */
  void finish() {
    if (ending.isConnecting()) {
      closeNow(CloseCause.CUT_OFF);
    } else if (ending.isOpen()) {
      ending.finish();
      kick();
    }
  }

  /** The end in order. */
  void close(CloseCause reason) {
    if (ending.isConnecting()) {
      boolean lost = (Pending.of(this) & Pending.UNSENT) != 0;
      closeNow(lost && reason.reason() == CloseReason.CLOSED ? CloseCause.CUT_OFF : reason);
    } else if (ending.isOpen()) {
      end();
      Filter between = filter;
      CloseCause lost = between == null ? null : between.abandon();
      if (!ending.isOpen()) {
        return; // that already brought the end
      }
      ending.close(lost != null && reason.reason() == CloseReason.CLOSED ? lost : reason);
      input.clear();
      pausedBy = 0; // what comes is dropped
      clock.endMoved(loop().nowNanos());
      kick();
    }
  }

  /**
   * The end at once. With a reset if bytes are lost, or if it is {@linkplain Ending#isCutBy in the
   * middle} of something.
   */
  void closeNow(CloseCause reason) {
    boolean lost = !ending.isConnecting() && (Pending.of(this) & Pending.UNSENT) != 0;
    if (lost || ending.isCutBy(reason.reason())) {
      reset(reason);
    } else {
      over(reason);
    }
  }

  /** The end at once, with a reset. */
  void reset(CloseCause reason) {
    if (!ending.isOver()) {
      try {
        Sockets.linger(local.sys(), fd, 0);
      } catch (SysException _) {
        // then it is closed the normal way
      } finally {
        over(reason);
      }
    }
  }

  void over(CloseCause reason) {
    if (!ending.isOver()) {
      loop().closeLater(channel()); // first: without memory for that, all is as it was
      ending.over(reason);
      watch.end();
      clock.stop(loop());
    }
  }

  /** Something came in the way. */
  void obstructed(CloseCause obstacle) {
    CloseCause broken = ending.broken();
    closeNow(ending.unlessProgram(broken != null ? broken : obstacle));
  }

  /** Nothing can be sent any more: what the peer sent before that is still to be read. */
  void readTheRest() {
    output.loseAll();
    clock.lost();
    input.setReadReady(true);
    if (isPaused()) {
      lookSoon(); // whether there is any
    }
    kick();
  }
}
