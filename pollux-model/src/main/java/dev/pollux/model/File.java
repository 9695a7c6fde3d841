package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import org.jspecify.annotations.Nullable;

/**
 * The object behind an open file description: the idea that all kinds of files share.
 *
 * <p>A file is ready or not, has a queue of those who want to know when that changes, and can be
 * read and written without waiting. Waiting is the caller's business: it tries, and stands on the
 * queue until it may try again.
 *
 * <p>Errors: {@code -errno}.
 */
interface File {

  /** What a file without a poll operation reports: always ready. */
  int ALWAYS_READY = Linux.EPOLLIN | Linux.EPOLLOUT | Linux.EPOLLRDNORM | Linux.EPOLLWRNORM;

  /** A word for people: pipe, tcp, eventfd. */
  String kind();

  /**
   * The readiness mask now, all bits, whether somebody asked for them or not. Who is not ready may
   * take note of being asked, and wake the asker when it is.
   */
  int poll();

  /** The same mask; looking leaves no trace. */
  default int readiness() {
    return poll();
  }

  /** Whether it has a poll operation at all, without which epoll refuses it. */
  default boolean isPollable() {
    return true;
  }

  /** What it is on the disk; null if it is not there. */
  default @Nullable FileNode node() {
    return null;
  }

  /** {@code st_mode} of what is not on the disk: kind and permissions. */
  default int mode() {
    return 0600; // as files without an inode of their own have it
  }

  /** Whether there is anything at all to read from it: else also a read of nothing is EINVAL. */
  default boolean canBeRead() {
    return true;
  }

  /** Whether there is any way at all to write to it: else also a write of nothing is EINVAL. */
  default boolean canBeWritten() {
    return true;
  }

  /** Whether readv is as many reads, until one moves less than its range. */
  default boolean readsByRange() {
    return false;
  }

  /** Whether writev is as many writes, until one moves less than its range. */
  default boolean writesByRange() {
    return false;
  }

  /** Those to be called when the readiness may have changed. */
  WaitQueue queue();

  /** Reads what is there; -EAGAIN if nothing is, and nothing is wrong. */
  int read(Span to);

  /** Writes what fits; -EAGAIN if nothing does. */
  int write(Span from);

  /** Writes what fits; a call that may wait goes on with what did not fit. */
  default int write(Span from, boolean mayWait) {
    return write(from);
  }

  /** Goes on with a write that has waited, and may wait again. */
  default int writeAgain(Span from) {
    return write(from, true);
  }

  /** How a call stands on the queue that waits to read, or to write. */
  default Standing standing(boolean toRead) {
    return Standing.FRONT;
  }

  /** A call that waited is done: what it left may be news to the next one. */
  default void doneWaiting() {
    // A wake-up is for all.
  }

  /** Whether it carries bytes without boundaries, so that transfers may be partial. */
  default boolean isStream() {
    return false;
  }

  /** Whether a read that would block ends instead, where one that may not block says EAGAIN. */
  default boolean endsBlockedReads() {
    return false;
  }

  /** Bytes that a read would find, for FIONREAD. */
  default int available() {
    return -Errno.ENOTTY;
  }

  /**
   * Bytes that were written and have not arrived, for TIOCOUTQ; or only those that have not even
   * left, for SIOCOUTQNSD.
   */
  default int outgoing(boolean onlyUnsent) {
    return -Errno.ENOTTY;
  }

  /** The last descriptor was closed. */
  void released();
}
