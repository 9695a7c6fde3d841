package dev.pollux.net;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Passes on what one connection receives to another: bytes, the half-close behind them, and a reset
 * instead of an end where something may be missing.
 *
 * <p>Who does not read makes the other wait: while the queue of one is full, reading from the other
 * is paused, so a relay holds about {@link ConnectionOptions#highWaterBytes} each way. The second
 * connection may be connecting still; what arrives meanwhile is queued up to that.
 *
 * <pre>{@code
 * Server.open(loop, options, near -> {
 *   Connection far = Connection.connect(loop, there, timeoutNanos, near.options(), Relay.to(near));
 *   return Relay.to(far);
 * });
 * }</pre>
 *
 * <p>An end is passed on only if it was received. So a connection whose peer had ended before it is
 * over ends the other in order; whatever else it was over by, a failed connect too, is passed on as
 * a reset.
 *
 * <p>A peer that stays, and takes nothing any more, is passed nothing: what the other still sends
 * is left unread, what this one sends is passed on, and {@link ConnectionOptions#closeGrace} after
 * the last of that both end, by a reset.
 *
 * <p>A program that {@linkplain Connection#end ends} one of them itself has decided that nothing
 * more goes there: what the other still sends is left unread, and ends with that connection.
 *
 * <p>{@link Connection#finish} and {@link Server#stop}: a relay cannot know whether a request, or
 * an answer, is whole, and makes up no end for a peer that did not send one. So the other side
 * hears nothing of a finish, bytes are passed on both ways as before, and the connection is held
 * until the end from the other side has been passed on to it; then it is closed. Two peers that
 * keep their connection open for ever hold up a stop for ever: {@link
 * Server#stop(java.time.Duration)} bounds it.
 *
 * <p>Threads: both connections are of one loop, and this is called there.
 */
public final class Relay {

  private Relay() {}

  /**
   * A handler that passes everything on to another connection, which needs one for the way back.
   *
   * <p>Where that is not such a one, but the program's own, it may pause reading from the other
   * connection for want of room in this one: that pause is ended here when there is room again. The
   * reverse is the program's: {@link ConnectionHandler#writable} of its handler resumes reading
   * from this connection, also where two relays have paused it, and the program's handler has taken
   * the place of the one that would resume it. Of two that are relayed one after the other, the
   * second ends the pauses of the first from then on.
   */
  public static ConnectionHandler to(Connection other) {
    return new OneWay(other);
  }

  /**
   * Lets two connections talk to each other from now on, also what they left unread. Reading that
   * was paused is resumed. If one of them is over, or being closed, so is the other by that.
   *
   * @throws IllegalArgumentException if they are of different loops, or one connection
   */
  public static void between(Connection first, Connection second) {
    if (!first.loop().equals(second.loop()) || first.equals(second)) {
      throw new IllegalArgumentException(
          "a relay takes two connections of one loop: " + first + ", " + second);
    }
    first.setHandler(to(second));
    second.setHandler(to(first));
  }

  /** Whether a connection is passed on to one that is passed on to it. */
  static boolean isBothWays(Connection connection) {
    OneWay there = relayOf(connection);
    OneWay back = there == null ? null : relayOf(there.other);
    return back != null && connection.equals(back.other);
  }

  /**
   * The relay of a connection, also behind handlers that pass its calls on; null if it has none.
   */
  private static @Nullable OneWay relayOf(Connection connection) {
    ConnectionHandler handler = connection.handler();
    while (handler instanceof ForwardingHandler forwarding
        && !(handler instanceof BlockingStarter)) {
      handler = forwarding.delegate();
    }
    return handler instanceof OneWay relay ? relay : null;
  }

  static final class OneWay implements ConnectionHandler {

    private final Connection other;
    private boolean ended;

    OneWay(Connection other) {
      this.other = other;
    }

    @Override
    public void opened(Connection connection) {
      begin(connection);
    }

    @Override
    public void attached(Connection connection) {
      begin(connection);
    }

    private void begin(Connection connection) {
      if (other.isClosed()) { // which nobody will tell
        CloseCause cause = other.link().ending.causeOr(CloseCause.CUT_OFF);
        pass(cause, connection, cause.reason() == CloseReason.END_OF_STREAM);
        return;
      }
      int paused = 0;
      if (!other.isWritable() && other.link().ending.isTaking()) { // then it will tell
        paused = Pause.RELAY;
        Pause.set(connection.link(), paused, true);
      }
      Pause.set(connection.link(), (Pause.PROGRAM | Pause.RELAY) & ~paused, false);
      if (connection.isWritable() && (other.link().pausedBy & Pause.RELAY) != 0) {
        Pause.set(other.link(), Pause.RELAY, false); // whoever was told of the room has gone
      }
    }

    @Override
    public void received(Connection connection, ByteBuffer data) {
      if (!other.write(data).goesOn()) {
        Pause.set(connection.link(), Pause.RELAY, true); // what was refused is left, comes again
      }
    }

    @Override
    public void writable(Connection connection) {
      int who = isBothWays(connection) ? Pause.RELAY : Pause.RELAY | Pause.PROGRAM;
      Pause.set(other.link(), who, false);
    }

    @Override
    public void readClosed(Connection connection) {
      ended = true;
      other.end();
    }

    /** The other side owes it something, until an end from there is passed on. */
    @Override
    public void finishing(Connection connection) {
      connection.link().ending.holdToEnd(true);
    }

    /** Who is paused waits for the other, whose own times count as long as it sends. */
    @Override
    public void idle(Connection connection, Silence silence) {
      boolean waits = connection.isReadingPaused() && other.link().ending.isTaking();
      if (silence != Silence.ALL || !waits) {
        ConnectionHandler.super.idle(connection, silence);
      }
    }

    @Override
    public void closed(Connection connection, CloseCause cause) {
      pass(cause, other, ended);
    }

    /** Ends one connection as the other one was: in order if nothing is missing. */
    private static void pass(CloseCause cause, Connection to, boolean ended) {
      boolean inOrder =
          switch (cause.reason()) {
            case END_OF_STREAM, CLOSED -> true;
            default -> false;
          };
      if (inOrder && ended) {
        to.close(cause);
      } else if (inOrder) {
        to.reset(CloseCause.of(CloseReason.CUT_OFF, "the other end of a relay: " + cause));
      } else {
        to.reset(cause);
      }
    }
  }
}
