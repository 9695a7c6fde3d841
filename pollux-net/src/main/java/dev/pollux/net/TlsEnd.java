package dev.pollux.net;

import org.jspecify.annotations.Nullable;

/**
 * How the input of TLS ends: by the peer's close_notify, or because it is broken. The handler hears
 * of either behind what had arrived before it, so not while it pauses; but that it is broken, also
 * then if nothing is left.
 *
 * <p>Threads: the loop's.
 */
final class TlsEnd {

  private boolean readClosed;
  private boolean told;
  private @Nullable CloseCause broken;
  private boolean peerKnows;

  /** The peer said that it sends no more. */
  void readClosed() {
    readClosed = true;
  }

  /** Nothing that follows can be understood; the peer knows that from an alert, or is to know. */
  void broken(CloseCause why, boolean isAlertSent) {
    broken = why;
    peerKnows = isAlertSent;
  }

  /** Another handler is there, which is to hear of it as well. */
  void handlerChanged() {
    told = false;
  }

  boolean isReadClosed() {
    return readClosed;
  }

  /** Whether nothing more is taken off the wire. */
  boolean isKnown() {
    return readClosed || broken != null;
  }

  boolean isBroken() {
    return broken != null;
  }

  boolean isToTell() {
    return broken != null || (readClosed && !told);
  }

  /** Tells that nothing more comes before it: the handler may pause then, or hand over. */
  void readComplete(Connection connection) {
    if (isToTell() && connection.isOpen() && !connection.link().ending.isSecuring()) {
      Callbacks.readComplete(connection);
    }
  }

  /**
   * Tells, unless it is told, or not to be told now; a broken one is the connection's end.
   *
   * @param due whether no pause holds it back
   */
  void tell(Connection connection, boolean due) {
    if (!isToTell() || !connection.isOpen() || (!due && isPaused(connection))) {
      return;
    }
    CloseCause why = broken;
    if (why == null) {
      told = true;
      Callbacks.readClosed(connection);
    } else if (peerKnows) {
      connection.close(why);
    } else {
      connection.reset(why);
    }
  }

  /** A handshake goes on, and ends, whatever the handler wants. */
  private static boolean isPaused(Connection connection) {
    return connection.isReadingPaused() && !connection.link().ending.isSecuring();
  }
}
