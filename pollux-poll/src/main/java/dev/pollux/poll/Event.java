package dev.pollux.poll;

import org.jspecify.annotations.Nullable;

/**
 * One event, to be looked at: who is ready, and for what. An interface, so that a test can make one
 * for the handler that it tests.
 *
 * <p>Ownership: it shows the batch at its present place, so it is good until the batch moves on; a
 * handler looks at it while it is called, and does not keep it. Threads: that of the batch.
 */
public interface Event {

  /** The registration the event is for. */
  Registration registration();

  /** The attachment of that registration. */
  @Nullable Object attachment();

  /**
   * Reading will not block, and reading was asked for: there is data, or the end of the stream, or
   * an error to learn.
   */
  boolean isReadable();

  /** Writing will not block, and writing was asked for: there is room, or an error to learn. */
  boolean isWritable();

  /** An exceptional condition, and it was asked for. */
  boolean isPriority();

  /** The peer will send no more; what it sent before may still be unread. */
  boolean isReadClosed();

  /** Both directions are closed, or a pipe's other end is gone, or a socket never connected. */
  boolean isHangup();

  /** An error is pending: read {@code SO_ERROR}, or let the next read or write report it. */
  boolean isError();

  /**
   * The error as a positive errno, if the event brought one along, and 0 otherwise: ask {@code
   * SO_ERROR} then. The kqueue of the system's own brings them, and on some systems {@code
   * SO_ERROR} is clear behind such an event.
   */
  default int errno() {
    return 0;
  }

  /** The raw bits, by the values of {@code EPOLLIN} and so on, which poll shares. */
  int mask();
}
