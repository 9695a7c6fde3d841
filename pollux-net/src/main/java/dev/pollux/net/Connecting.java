package dev.pollux.net;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.net.SocketAddress;

/** Asks how a connect in the background went. */
final class Connecting {

  private Connecting() {}

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
