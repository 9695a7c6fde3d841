package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopHandler;
import dev.pollux.loop.LoopTimer;
import dev.pollux.poll.Event;
import dev.pollux.poll.Interest;
import dev.pollux.poll.Registration;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One socket of a {@link Connector} on its way to one address.
 *
 * <p>Ownership: the descriptor is its own, until the connector has it. Threads: the loop's.
 */
final class ConnectAttempt implements LoopHandler {

  private final Connector connector;
  private final EventLoop loop;
  private final SocketAddress address;
  private final int fd;
  private final @Nullable UnixPath path; // of this end
  private final LoopTimer again = new LoopTimer(this::tryAgain);
  private long pauseNanos = Connecting.FIRST_PAUSE_NANOS;
  private @Nullable Registration registration;

  private ConnectAttempt(
      Connector connector, EventLoop loop, SocketAddress address, int fd, @Nullable UnixPath path) {
    this.path = path;
    this.connector = connector;
    this.loop = loop;
    this.address = address;
    this.fd = fd;
  }

  /** Begins one; after an exception nothing is left of it. */
  static ConnectAttempt begin(
      Connector connector, EventLoop loop, SocketAddress address, SocketSetup setup)
      throws SysException {
    int fd = Opening.client(loop.sys(), address, setup);
    UnixPath path = UnixPath.ofBound(loop.sys(), setup.localAddress());
    boolean done = false;
    try {
      ConnectAttempt attempt = new ConnectAttempt(connector, loop, address, fd, path);
      boolean begun = Connecting.connect(loop.sys(), fd, address);
      Interest first = begun ? Interest.WRITABLE : Interest.NONE;
      attempt.registration = loop.add(fd, first, Trigger.LEVEL, attempt);
      if (!begun) {
        loop.schedule(attempt.again, attempt.pauseNanos);
      }
      done = true;
      return attempt;
    } finally {
      if (!done) {
        UnixPath.removeIfAny(path);
        int _ = loop.sys().close(fd);
      }
    }
  }

  SocketAddress address() {
    return address;
  }

  /** The path of this end, which goes with the descriptor; null if it has none. */
  @Nullable UnixPath path() {
    return path;
  }

  @Override
  public void ready(Event event) {
    look(event.errno());
  }

  /** Whether it has connected or failed, and then says so. */
  void look() {
    look(0);
  }

  private void look(int told) {
    if (registration == null) {
      return; // it is over
    }
    int errno = Connecting.outcome(loop.sys(), fd, told);
    if (errno == 0) {
      stopWatching();
      connector.won(this, fd);
    } else if (errno != Errno.EINPROGRESS) {
      close();
      connector.lost(this, errno);
    }
  }

  /** A Unix listener had no room. */
  private void tryAgain() {
    Registration watched = registration;
    if (watched == null) {
      return;
    }
    try {
      if (Connecting.connect(loop.sys(), fd, address)) {
        watched.modify(Interest.WRITABLE);
      } else {
        pauseNanos = Math.min(2 * pauseNanos, Connecting.MOST_PAUSE_NANOS);
        loop.schedule(again, pauseNanos);
      }
    } catch (SysException e) {
      close();
      connector.lost(this, e.errno());
    } catch (Throwable t) {
      close();
      connector.broke(t);
    }
  }

  private void stopWatching() {
    Registration watched = registration;
    if (watched != null) {
      registration = null;
      loop.cancel(again);
      watched.remove();
    }
  }

  /** Gives up. Does nothing the second time. */
  void close() {
    if (registration != null) {
      stopWatching();
      UnixPath.removeIfAny(path);
      int _ = loop.sys().close(fd);
    }
  }

  /** The loop closes, of which the connector is told as well; or what this object does threw. */
  @Override
  public void failed(Throwable cause) {
    close();
    if (!loop.isClosed()) {
      connector.broke(cause);
    }
  }
}
