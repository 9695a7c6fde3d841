package dev.pollux.cli.echo;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Hears what the connections of one loop of an {@link EchoServer} do, in the order it happens, on
 * the thread of that loop.
 *
 * <p>{@code read} and {@code wrote} stand on the path of every message: an implementation allocates
 * nothing there.
 */
public interface EchoLog {

  /**
   * A connection was accepted.
   *
   * @param peer null if the kernel does not tell
   */
  void connected(int fd, @Nullable SocketAddress peer);

  /** A TLS handshake is done, with this outcome. */
  void secured(int fd, String outcome);

  /** Bytes came in; with TLS, the application's. */
  void read(int fd, int sizeBytes);

  /** Bytes went out; with TLS, the application's. */
  void wrote(int fd, int sizeBytes);

  /**
   * A connection was closed.
   *
   * @param errno the error that ended it, or 0
   * @param unsentBytes the output that the peer did not get
   * @param detail what is known beyond the reason, or empty
   */
  void closed(int fd, CloseReason reason, int errno, int unsentBytes, String detail);

  /** Connections are refused from now on, because the system is out of something. */
  void exhausted(int errno);

  /** Connections are accepted again; so many were refused meanwhile. */
  void recovered(long refusedCount);

  /** A connection was closed at once, because there are as many as there may be. */
  void shed();

  /** Whether there is something that {@link #flush} would write out. */
  boolean isGathering();

  /** A turn is over: writes out what was gathered; false if something is left. */
  boolean flush();
}
