package dev.pollux.cli;

import java.net.SocketAddress;

/**
 * Hears what an {@link EchoServer} does, in the order it happens, on the thread that runs it.
 *
 * <p>{@code read} and {@code wrote} stand on the path of every message: an implementation allocates
 * nothing there.
 */
interface EchoLog {

  /** A connection was accepted. */
  void connected(int fd, SocketAddress peer);

  /** Bytes came in. */
  void read(int fd, int sizeBytes);

  /** Bytes went out. */
  void wrote(int fd, int sizeBytes);

  /**
   * A connection was closed.
   *
   * @param errno the error that ended it, or 0
   * @param unsentBytes the output that the peer did not get
   */
  void closed(int fd, CloseReason reason, int errno, int unsentBytes);

  /** Connections are refused from now on, because the system is out of something. */
  void exhausted(int errno);

  /** Connections are accepted again; so many were refused meanwhile. */
  void recovered(long refusedCount);

  /** A turn is over: whatever was gathered may be written out. */
  void flush();
}
