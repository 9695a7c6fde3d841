package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A file that is a socket. Like those of {@link File}, its operations never wait.
 *
 * <p>The hints that sockets give when they wake are Linux's: {@link #NEWS_READABLE}, {@link
 * #NEWS_WRITABLE}, {@link Linux#EPOLLERR}, and 0 for a change of state.
 */
interface Socket extends File {

  int READABLE = Linux.EPOLLIN | Linux.EPOLLRDNORM;
  int WRITABLE = Linux.EPOLLOUT | Linux.EPOLLWRNORM;
  int WRITABLE_BAND = WRITABLE | Linux.EPOLLWRBAND;
  int NEWS_READABLE = READABLE | Linux.EPOLLPRI | Linux.EPOLLRDBAND;
  int NEWS_WRITABLE = WRITABLE_BAND;

  // The halves that are shut down, as bits.
  int RECEIVE_SHUT = 1;
  int SEND_SHUT = 2;
  int BOTH_SHUT = 3;

  SocketOptions options();

  @Override
  default int mode() {
    return Linux.S_IFSOCK | 0777;
  }

  /** SO_RCVLOWAT was set. */
  default void lowWaterChanged() {
    // Nobody is told.
  }

  int bind(SocketAddress address);

  default int listen(int backlog) {
    return -Errno.EOPNOTSUPP;
  }

  /** Whether it accepts connections. */
  default boolean isListening() {
    return false;
  }

  /** The next established connection of a listener, or null. */
  default @Nullable Socket takeConnection() {
    return null;
  }

  /** Drops a connection taken from a listener before anybody saw it. */
  default void abort() {
    released();
  }

  /** 0, -EINPROGRESS if the outcome comes later, or another error. */
  int connect(@Nullable SocketAddress target);

  /** Whether a connection is being made. */
  default boolean isConnecting() {
    return false;
  }

  /**
   * Receives.
   *
   * @param from where the sender's address is noted
   */
  int receive(Span to, int flags, Message from);

  /** Sends, to where it is connected if {@code target} is null. */
  int send(Span from, int flags, @Nullable SocketAddress target);

  /** Shuts one half down, or both: bits of {@link #BOTH_SHUT}. */
  int shutdown(int halves);

  /** The pending error as a positive errno, or 0; asking clears it. */
  default int takeError() {
    return exchangeError(0);
  }

  /** As above; another one is pending then. */
  int exchangeError(int next);

  /** Where it is bound. */
  SocketAddress localAddress();

  /** Where it is connected, or null. */
  @Nullable SocketAddress peerAddress();

  /** Who connected, as accept tells it: also if the connection was reset before. */
  default @Nullable SocketAddress callerAddress() {
    return peerAddress();
  }

  @Override
  default int read(Span to) {
    return receive(to, 0, new Message());
  }

  @Override
  default int write(Span from) {
    return send(from, 0, null);
  }
}
