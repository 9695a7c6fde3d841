package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A connect in the background: begins it, and asks how it went. */
final class Connecting {

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
    int fd = Sockets.connecting(loop.sys(), address);
    Connection connection = null;
    try {
      connection = new Connection(loop, fd, address, options, handler, true);
      if (tls != null) {
        tls.install(connection);
      }
      connection.channel().register();
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

  /** 0, the errno of a refusal, or EINPROGRESS: the event was spurious. */
  static int outcome(Sys sys, int fd) {
    try {
      int errno = Sockets.socketError(sys, fd);
      if (errno == 0) {
        SocketAddress _ = Sockets.peerAddress(sys, fd);
      }
      return errno;
    } catch (SysException e) {
      return e.errno() == Errno.ENOTCONN ? Errno.EINPROGRESS : e.errno();
    }
  }
}
