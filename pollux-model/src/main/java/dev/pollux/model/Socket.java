package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.PeerCredentials;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A file that is a socket. Like those of {@link File}, its operations never wait.
 *
 * <p>Sockets have four kinds of news, which are Linux's hooks sk_state_change, sk_data_ready,
 * sk_write_space and sk_error_report: {@link #tellState}, {@link #tellReadable}, {@link
 * #tellWritable}, {@link #tellError}. Of those who stand exclusively on the queue a change of state
 * is told to all, for none of them will find what it waited for; the others are told to one.
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

  /** SO_PEERCRED where there is no peer. */
  PeerCredentials NOBODY = new PeerCredentials(0, -1, -1);

  SocketOptions options();

  @Override
  default boolean isStream() {
    return options().type == Linux.SOCK_STREAM;
  }

  /** The state has changed: connected, at the end, shut down, reset. All are told. */
  default void tellState() {
    queue().wakeAll(0);
  }

  /** Something has come: data, or a connection to accept. */
  default void tellReadable() {
    queue().wake(NEWS_READABLE);
  }

  /** There is room to write. */
  default void tellWritable() {
    queue().wake(NEWS_WRITABLE);
  }

  /** An error is pending. */
  default void tellError() {
    queue().wake(Linux.EPOLLERR);
  }

  @Override
  default int mode() {
    return Linux.S_IFSOCK | 0777;
  }

  /** SO_RCVLOWAT was set. */
  default void lowWaterChanged() {
    // Nobody is told.
  }

  /** SO_SNDBUF was set: whoever could write now is told, whether or not it could before. */
  default void sendBufferChanged() {
    if ((readiness() & Linux.EPOLLOUT) != 0) {
      tellWritable();
    }
  }

  /** Whether bytes, a datagram or a connection waits that nobody has taken. */
  default boolean hasUnread() {
    return isListening() ? (readiness() & Linux.EPOLLIN) != 0 : available() > 0;
  }

  int bind(SocketAddress address);

  default int listen(int backlog) {
    return -Errno.EOPNOTSUPP;
  }

  /** How many wait to be accepted; -1 unless it accepts connections, or that is not told. */
  default int waitingCount() {
    return -1;
  }

  /** Whether it accepts connections. */
  default boolean isListening() {
    return waitingCount() >= 0;
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

  /**
   * What has become of a connect that was in progress: 0, an error, or -EALREADY. Unlike {@link
   * #connect} it begins nothing anew, whatever others have done to the socket.
   */
  default int connectOutcome() {
    throw new IllegalStateException("nothing is in progress here");
  }

  /**
   * Receives. A call on a stream may come here more than once, with the same message.
   *
   * @param message the call: its target, and what it has; the sender's address is noted there
   * @return all bytes of the call; -EAGAIN also if it has some, but fewer than its target, and may
   *     get more
   */
  int receive(Span to, int flags, Message message);

  /**
   * Sends, to where it is connected if {@code target} is null. What EPIPE means in the end says
   * {@link #brokenPipe}.
   */
  int send(Span from, int flags, @Nullable SocketAddress target);

  /** Sends, with what the message carries; a socket that cannot carry it leaves it. */
  default int send(Span from, int flags, @Nullable SocketAddress target, Attachment with) {
    return send(from, flags, target);
  }

  /** Who connected to a Unix socket, or listens there; see SO_PEERCRED. */
  default PeerCredentials peerCredentials() {
    return NOBODY;
  }

  /** Goes on with a send that waited, or has moved a part: inside the call, some look elsewhere. */
  default int sendAgain(Span from, int flags, @Nullable SocketAddress target, Attachment with) {
    return send(from, flags, target, with);
  }

  /** Where a call waits for room to send: here, or exclusively with the receiver. */
  default WaitQueue roomQueue(@Nullable SocketAddress target) {
    return queue();
  }

  /** What a send that moved nothing returns for -EPIPE: the pending error, if it keeps one. */
  default int brokenPipe() {
    return -Errno.EPIPE;
  }

  /** Shuts one half down, or both: bits of {@link #BOTH_SHUT}. */
  int shutdown(int halves);

  /** The pending error as a positive errno, or 0; asking clears it. */
  default int takeError() {
    return exchangeError(0);
  }

  /** The pending error as a positive errno, or 0; another one is pending then. */
  int exchangeError(int next);

  /** Where it is bound. */
  SocketAddress localAddress();

  /** Where it is connected, or null. */
  @Nullable SocketAddress peerAddress();

  /** Who connected, as accept tells it: also if the connection was reset before. */
  default @Nullable SocketAddress callerAddress() {
    return peerAddress();
  }

  /** Whether an accept that would block fails instead. */
  default boolean endsBlockedAccepts() {
    return false;
  }

  @Override
  default int read(Span to) {
    Message message = new Message();
    int result = receive(to, 0, message);
    message.files.forEach(Description::release); // read(2) has no place for them
    return result;
  }

  @Override
  default int write(Span from) {
    return send(from, 0, null);
  }
}
