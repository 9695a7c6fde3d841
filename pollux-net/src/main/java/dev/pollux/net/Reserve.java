package dev.pollux.net;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;

/**
 * Descriptors held in reserve, to be given up for a moment when there is no other: an eventfd each,
 * or a duplicate of the listener where eventfd is forbidden.
 *
 * <p>Ownership: its own. Threads: the loop's.
 */
final class Reserve {

  private final Sys sys;
  private final int listenerFd;
  private final int[] fds;
  private int count;

  Reserve(Sys sys, int listenerFd, int size) {
    this.sys = sys;
    this.listenerFd = listenerFd;
    this.fds = new int[size];
  }

  /** Takes what is missing, as far as there is any; whether there is one now. */
  boolean take() {
    while (count < fds.length) {
      int fd = sys.eventfd(0, Linux.EFD_CLOEXEC | Linux.EFD_NONBLOCK);
      if (fd < 0) {
        fd = sys.fcntl(listenerFd, Linux.F_DUPFD_CLOEXEC, 0);
      }
      if (fd < 0) {
        break;
      }
      fds[count++] = fd;
    }
    return count > 0;
  }

  /** Gives one up; false if there was none. */
  boolean give() {
    if (count == 0) {
      return false;
    }
    count--;
    int _ = sys.close(fds[count]);
    return true;
  }

  /** Gives up all. */
  void close() {
    while (give()) {}
  }
}
