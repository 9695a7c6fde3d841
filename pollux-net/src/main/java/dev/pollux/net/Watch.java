package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopHandler;
import dev.pollux.poll.Interest;
import dev.pollux.poll.Registration;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.SysException;
import org.jspecify.annotations.Nullable;

/**
 * What the poller is asked for a {@link Connection}: by level what is wanted at the moment, by edge
 * both directions, always.
 *
 * <p>Passive. Threads: the loop's.
 */
final class Watch {

  private @Nullable Registration registration;

  /**
   * Begins, for the outcome of a connect or for input. A one-shot has no advantage here, and is
   * taken for what it is beside that.
   *
   * @throws IllegalStateException if the loop is closed: it asks its handlers to close, and would
   *     never ask this one
   */
  void begin(EventLoop loop, int fd, boolean connecting, boolean edge, LoopHandler handler)
      throws SysException {
    if (loop.isClosed()) {
      throw new IllegalStateException(loop + " is closed");
    }
    if (edge) {
      registration = loop.add(fd, Interest.READ_WRITE, Trigger.EDGE, handler);
    } else {
      Interest first = connecting ? Interest.WRITABLE : Interest.READABLE;
      registration = loop.add(fd, first, Trigger.LEVEL, handler);
    }
  }

  /** Begins, for nothing but the end of the loop: an unconnected socket is always ready. */
  void beginLater(EventLoop loop, int fd, LoopHandler handler) throws SysException {
    if (loop.isClosed()) {
      throw new IllegalStateException(loop + " is closed");
    }
    registration = loop.add(fd, Interest.NONE, Trigger.LEVEL, handler);
  }

  /** What {@link #beginLater} began is for the outcome of a connect from now on. */
  void begun(boolean edge) throws SysException {
    Registration watched = registration;
    if (watched != null) {
      watched.modify(
          edge ? Interest.READ_WRITE : Interest.WRITABLE, edge ? Trigger.EDGE : Trigger.LEVEL);
    }
  }

  /** Asks for this from now on, if that is not what it does. */
  void want(boolean input, boolean room) throws SysException {
    Registration watched = registration;
    if (watched == null || watched.trigger().isEdge()) {
      return;
    }
    Interest wanted = input ? Interest.READABLE : Interest.NONE;
    if (room) {
      wanted = wanted.with(Interest.WRITABLE);
    }
    if (wanted != watched.interest()) {
      watched.modify(wanted);
    }
  }

  /** EAGAIN was met: there may be a new edge. */
  void drained(Interest direction) {
    Registration watched = registration;
    if (watched != null) {
      watched.drained(direction);
    }
  }

  /** Ends; the descriptor is still open. */
  void end() {
    Registration watched = registration;
    if (watched != null) {
      watched.remove();
      registration = null;
    }
  }
}
