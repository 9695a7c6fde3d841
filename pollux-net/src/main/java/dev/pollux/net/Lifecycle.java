package dev.pollux.net;

import dev.pollux.loop.ClosedLoopException;
import dev.pollux.loop.EventLoop;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.net.SocketAddress;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link Connection} begins and ends.
 *
 * <pre>
 *   CONNECTING ──► OPEN ──► CLOSING ──► DISPOSED
 *        └───────────┴─────────────────────▲
 * </pre>
 *
 * <p>CLOSING is the way of {@link Connection#close}: 1 the queue is sent · 2 the sending half is
 * shut down · 3 what still comes is read and dropped, until the peer ends as well, or its kernel
 * has everything, or the deadline. DISPOSED begins with the removal of the registration; the
 * descriptor is closed in the closing phase of the same turn.
 *
 * <p>A write that fails ends the sending half alone: the peer may have sent something before it
 * went away, and that is read first.
 *
 * <p>Threads: the loop's.
 */
final class Lifecycle {

  private enum State {
    CONNECTING,
    OPEN,
    CLOSING,
    DISPOSED
  }

  private final Connection connection;
  private final EventLoop loop;
  private State state;
  private BooleanSupplier held = () -> false;
  private boolean finishing;
  private boolean endAsked;
  private boolean outputEnded;
  private @Nullable CloseCause cause;
  private @Nullable CloseCause brokenOutput;
  private @Nullable Closing closing;
  private @Nullable IdleTimer idle;
  private @Nullable ConnectionOwner owner;

  Lifecycle(Connection connection, boolean connecting) {
    this.connection = connection;
    this.loop = connection.loop();
    this.state = connecting ? State.CONNECTING : State.OPEN;
  }

  boolean isConnecting() {
    return state == State.CONNECTING;
  }

  boolean isOpen() {
    return state == State.OPEN;
  }

  boolean isDisposed() {
    return state == State.DISPOSED;
  }

  /** Whether what is written has a chance to be sent. */
  boolean isSending() {
    return state == State.OPEN && !endAsked && !outputEnded;
  }

  /** Whether the wire takes nothing any more. */
  boolean isOutputBroken() {
    return brokenOutput != null;
  }

  /** Whether the end of the stream was sent, or nothing can be. */
  boolean isOutputEnded() {
    return outputEnded;
  }

  /** Who is told when it is over, after the handler. */
  void setOwner(ConnectionOwner newOwner) {
    owner = newOwner;
  }

  @Nullable IdleTimer idle() {
    return idle;
  }

  /** A {@link #finish} waits as long as this is true: somebody works on an answer. */
  void holdWhile(BooleanSupplier newHeld) {
    held = newHeld;
  }

  /** Whether somebody works on an answer. */
  boolean isHeld() {
    return held.getAsBoolean();
  }

  /** Gives up on the connect after so long. */
  void limitConnect(long timeoutNanos) {
    closing = Closing.connectTimeout(connection, timeoutNanos);
  }

  /** As {@link #begin}; what the handler throws ends the connection, and nothing else. */
  void start() {
    try {
      begin();
    } catch (Throwable t) {
      failed(t);
    }
  }

  /** The stream is there: begins with the filter, or tells the handler. */
  void begin() {
    Filter filter = connection.filter();
    if (filter != null) {
      filter.begin();
    } else {
      opened();
    }
  }

  /** It is usable: starts the timers, and tells the handler. */
  void opened() {
    ConnectionOptions options = connection.options();
    if (options.idleNanos() > 0 || options.heartbeatNanos() > 0) {
      idle = IdleTimer.start(connection);
    }
    connection.handler().opened(connection);
  }

  /** Learns how the connect went; false if it is not open. */
  boolean finishConnect() {
    int errno = connectError();
    if (errno == Errno.EINPROGRESS) {
      return false;
    }
    if (errno != 0) {
      closeNow(CloseCause.connectFailed(errno));
      return false;
    }
    stopTimers();
    state = State.OPEN;
    connection.setNoDelay();
    begin();
    return state != State.DISPOSED;
  }

  /** Half-close. */
  void end() {
    if (state == State.OPEN && !endAsked) {
      endAsked = true;
      Filter filter = connection.filter();
      if (filter != null) {
        filter.end();
      }
      connection.stream().kick();
    }
  }

  /** The end in order, after what has arrived. */
  void finish() {
    if (state == State.CONNECTING) {
      closeNow(CloseCause.CUT_OFF);
    } else if (state == State.OPEN && !finishing) {
      finishing = true;
      connection.stream().kick();
    }
  }

  /** The end in order. */
  void close(CloseCause reason) {
    if (state == State.CONNECTING) {
      closeNow(reason);
    } else if (state == State.OPEN) {
      end();
      Filter filter = connection.filter();
      CloseCause lost = filter == null ? null : filter.abandon();
      if (state != State.OPEN) {
        return; // that already brought the end
      }
      state = State.CLOSING;
      cause = lost != null && reason.reason() == CloseReason.CLOSED ? lost : reason;
      if (brokenOutput != null) {
        cause = unlessProgram(brokenOutput);
      }
      connection.stream().dropUnread();
      connection.stream().wantRead(true); // to be dropped
    }
  }

  /**
   * The end at once. With a reset if bytes are lost, or if it is for a failure: the end of the
   * stream would tell the peer that it has everything.
   */
  void closeNow(CloseCause reason) {
    boolean failed =
        switch (reason.reason()) {
          case HANDLER_FAILED, ERROR, LIMIT -> true;
          default -> false;
        };
    boolean lost = state != State.CONNECTING && !connection.traffic().isFlushed();
    if (lost || (failed && isSending())) {
      abort(reason);
    } else {
      dispose(reason);
    }
  }

  /** The end at once, with a reset. */
  void abort(CloseCause reason) {
    if (state != State.DISPOSED) {
      try {
        Sockets.linger(loop.sys(), connection.fd(), 0);
      } catch (SysException _) {
        // then it is closed the normal way
      } finally {
        dispose(reason);
      }
    }
  }

  private void dispose(CloseCause reason) {
    if (state != State.DISPOSED) {
      loop.closeLater(connection.stream()); // first: without memory for that, all is as it was
      state = State.DISPOSED;
      cause = reason;
      connection.stream().remove();
      stopTimers();
    }
  }

  /** The peer ended the stream. */
  void inputEnded() {
    CloseCause broken = brokenOutput;
    if (broken != null) {
      closeNow(unlessProgram(broken));
    } else if (state == State.OPEN) {
      Filter filter = connection.filter();
      if (filter != null) {
        filter.readClosed();
      } else {
        connection.handler().readClosed(connection);
      }
    }
  }

  void inputFailed(int errno) {
    CloseCause broken = brokenOutput;
    closeNow(unlessProgram(broken != null ? broken : CloseCause.ofErrno("recv", errno)));
  }

  /** Nothing can be sent any more; what the peer sent before it went is still read, if wanted. */
  void outputFailed(int errno) {
    CloseCause broken = CloseCause.ofErrno("send", errno);
    brokenOutput = broken;
    outputEnded = true;
    if (state == State.OPEN && connection.stream().wantsInput() && isPeerGone(errno)) {
      connection.stream().breakOutput();
    } else {
      closeNow(unlessProgram(broken));
    }
  }

  /** What came in the way of a close, unless the program had a reason of its own for that. */
  private CloseCause unlessProgram(CloseCause obstacle) {
    CloseCause reason = cause;
    if (reason == null
        || reason.reason() == CloseReason.CLOSED
        || reason.reason() == CloseReason.END_OF_STREAM) {
      return obstacle;
    }
    return reason;
  }

  /** Nobody is left to read for: a connection that is no longer written to either is over. */
  void readingPaused() {
    CloseCause broken = brokenOutput;
    if (broken != null) {
      closeNow(broken);
    }
  }

  /** Whether the stream ends by itself after what has arrived; else the peer may wait for ever. */
  private static boolean isPeerGone(int errno) {
    return switch (errno) {
      case Errno.ECONNRESET,
          Errno.EPIPE,
          Errno.ENOTCONN,
          Errno.ETIMEDOUT,
          Errno.EHOSTUNREACH,
          Errno.ENETUNREACH ->
          true;
      default -> false;
    };
  }

  /** After a turn of work: takes the end a step further. */
  void settle() {
    if (finishing && state == State.OPEN) {
      awaitInput();
    }
    if (endAsked && connection.traffic().isFlushed()) {
      if (connection.stream().isInputEnded()
          && (state != State.OPEN || connection.stream().isEndTold())) {
        dispose(cause == null ? CloseCause.END_OF_STREAM : cause); // which sends the end, too
        return;
      }
      if (!outputEnded) {
        outputEnded = true;
        int result = loop.sys().shutdown(connection.fd(), Linux.SHUT_WR);
        if (result < 0 && state == State.OPEN) { // the peer is gone, but what it sent may be here
          connection.stream().breakOutput();
        } else if (result < 0) {
          dispose(cause == null ? CloseCause.CLOSED : cause);
          return;
        }
      }
    }
    if (state == State.CLOSING) {
      if (isDelivered()) {
        closeDelivered();
      } else if (closing == null) {
        closing = Closing.begin(connection);
      }
    }
  }

  /** Closes when there is nothing to read; or else looks again soon. */
  private void awaitInput() {
    Stream stream = connection.stream();
    if (!isHeld()
        && (stream.isInputEnded() || (stream.isReadWanted() && stream.availableBytes() <= 0))) {
      close(CloseCause.CLOSED);
    } else if (closing == null) {
      closing = Closing.begin(connection);
    }
  }

  /**
   * Whether all is sent and the peer's kernel has it. TCP counts the end of the stream as a byte:
   * that one need not be waited for where no unread input would make the close a reset.
   */
  private boolean isDelivered() {
    if (!outputEnded) {
      return false;
    }
    Stream stream = connection.stream();
    int held = stream.unacknowledgedBytes();
    return held <= 0 || (held == 1 && stream.availableBytes() <= 0);
  }

  /** Everything was sent, and the peer's kernel has it. */
  void closeDelivered() {
    dispose(cause == null ? CloseCause.CLOSED : cause);
  }

  /** The deadline of the close: whoever has not everything by now does not get it. */
  void closeTimedOut() {
    CloseCause reason = cause;
    if (connection.traffic().isFlushed() && reason != null) {
      dispose(reason);
    } else {
      closeNow(unlessProgram(CloseCause.of(CloseReason.CUT_OFF, "not sent in time")));
    }
  }

  /** The descriptor is closed. */
  void disposed() {
    CloseCause why = cause == null ? CloseCause.CUT_OFF : cause;
    ConnectionOwner told = owner;
    try {
      Filter filter = connection.filter();
      if (filter != null) {
        filter.closed();
      }
      connection.handler().closed(connection, why);
    } finally {
      if (told != null) {
        told.closed(connection, why);
      }
    }
  }

  /** Something threw, or the loop is being closed. */
  void failed(Throwable thrown) {
    if (thrown instanceof ClosedLoopException && loop.isClosed()) {
      closeNow(CloseCause.of(CloseReason.CUT_OFF, thrown));
    } else if (state == State.DISPOSED) {
      loop.options().errorHandler().failed(loop, "the handler of closed " + connection, thrown);
    } else {
      closeNow(CloseCause.of(CloseReason.HANDLER_FAILED, thrown));
    }
  }

  @Override
  public String toString() {
    return state.name();
  }

  /** The outcome of the connect; EINPROGRESS after a spurious event. */
  private int connectError() {
    try {
      int errno = Sockets.socketError(loop.sys(), connection.fd());
      if (errno == 0) {
        SocketAddress _ = Sockets.peerAddress(loop.sys(), connection.fd());
      }
      return errno;
    } catch (SysException e) {
      return e.errno() == Errno.ENOTCONN ? Errno.EINPROGRESS : e.errno();
    }
  }

  private void stopTimers() {
    Closing ending = closing;
    if (ending != null) {
      ending.stop();
      closing = null;
    }
    IdleTimer timer = idle;
    if (timer != null) {
      timer.stop();
      idle = null;
    }
  }
}
