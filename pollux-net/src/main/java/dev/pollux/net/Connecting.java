package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopTimer;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import dev.pollux.sys.UnixAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A connect in the background: begins it, and asks how it went.
 *
 * <p>A Unix listener whose backlog is full answers EAGAIN, and nothing is in progress then; nor
 * does the kernel tell when there is room. So it is asked again, after pauses that double.
 */
final class Connecting {

  /** How long it is waited before a full backlog is tried again, the first time and at most. */
  static final long FIRST_PAUSE_NANOS = 1_000_000; // 1 ms

  static final long MOST_PAUSE_NANOS = 100_000_000; // 100 ms

  private Connecting() {}

  /** Begins one; after an exception nothing is left of it. On the loop's thread. */
  static Connection begin(
      EventLoop loop,
      SocketAddress address,
      long timeoutNanos,
      ConnectionOptions options,
      @Nullable Tls tls,
      ConnectionHandler handler)
      throws SysException {
    if (tls != null) {
      tls.requireClientSide();
    }
    int fd = Opening.client(loop.sys(), address, SocketSetup.DEFAULT);
    Connection connection = null;
    try {
      boolean begun = connect(loop.sys(), fd, address);
      connection = new Connection(loop, fd, address, options, handler, true);
      if (tls != null) {
        tls.install(connection);
      }
      if (begun) {
        connection.channel().register();
      } else {
        new Again(connection, address).begin();
      }
      if (timeoutNanos > 0) {
        connection.channel().limitMaking(timeoutNanos);
      }
      return connection;
    } catch (Throwable t) {
      if (connection != null) {
        connection.link().watch.end();
      }
      int _ = loop.sys().close(fd);
      throw t;
    }
  }

  /** Whether it is begun or done; false if a Unix listener has no room now. */
  static boolean connect(Sys sys, int fd, SocketAddress address) throws SysException {
    try {
      boolean _ = Sockets.connect(sys, fd, address);
      return true;
    } catch (SysException e) {
      boolean unix = address instanceof UnixAddress || address instanceof UnixDomainSocketAddress;
      if (unix && e.errno() == Errno.EAGAIN) {
        return false;
      }
      throw e;
    }
  }

  /**
   * 0, the errno of a refusal, or EINPROGRESS: the event was spurious.
   *
   * <p>The event may have told the error, and taken it from the socket.
   *
   * <p>Where nobody listens, TCP lets two that connect to each other at once have each other, and
   * so one that was given the port which it connects to, itself. Nobody is there: it is refused,
   * and reset, so that its port is free for who comes to listen.
   */
  static int outcome(Sys sys, int fd, int told) {
    try {
      int errno = told != 0 ? told : Sockets.socketError(sys, fd);
      if (errno == 0) {
        SocketAddress peer = Sockets.peerAddress(sys, fd);
        if (peer instanceof InetSocketAddress && peer.equals(Sockets.localAddress(sys, fd))) {
          Sockets.linger(sys, fd, 0);
          return Errno.ECONNREFUSED;
        }
      }
      return errno;
    } catch (SysException e) {
      return e.errno() == Errno.ENOTCONN ? Errno.EINPROGRESS : e.errno();
    }
  }

  /** Tries a full backlog again until there is room, or the connection is over. */
  private static final class Again implements Runnable, ConnectionOwner {
    private final Connection connection;
    private final SocketAddress address;
    private final LoopTimer timer = new LoopTimer(this);
    private long pauseNanos = FIRST_PAUSE_NANOS;

    Again(Connection connection, SocketAddress address) {
      this.connection = connection;
      this.address = address;
    }

    void begin() throws SysException {
      Link link = connection.link();
      link.watch.beginLater(connection.loop(), link.fd, connection.channel());
      connection.channel().setOwner(this);
      connection.loop().schedule(timer, pauseNanos);
    }

    @Override
    public void run() {
      if (connection.isClosed()) {
        return;
      }
      EventLoop loop = connection.loop();
      try {
        if (connect(loop.sys(), connection.fd(), address)) {
          connection.link().watch.begun(connection.link().isEdge());
        } else {
          pauseNanos = Math.min(2 * pauseNanos, MOST_PAUSE_NANOS);
          loop.schedule(timer, pauseNanos);
        }
      } catch (SysException e) {
        connection.link().closeNow(CloseCause.connectFailed(e.errno()));
      } catch (Throwable t) {
        connection.link().closeNow(CloseCause.of(CloseReason.ERROR, t));
      }
    }

    /** It is over, perhaps before there was room. */
    @Override
    public void closed(Connection over, CloseCause cause) {
      over.loop().cancel(timer);
    }
  }

  /** Accepted connections have it from their listener. Unix sockets do not know it. */
  static void setNoDelay(Link link) {
    if (link.options.noDelay()) {
      LoopNet local = link.local;
      int _ = local.setOption(local.sys(), link.fd, Linux.IPPROTO_TCP, Linux.TCP_NODELAY, 1);
    }
  }
}
