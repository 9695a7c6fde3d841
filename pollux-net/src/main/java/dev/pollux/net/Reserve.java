package dev.pollux.net;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;

/**
 * A descriptor held in reserve, to be given up for a moment when there is no other: an eventfd, or
 * a duplicate of the listener where eventfd is forbidden.
 *
 * <p>Ownership: its own. Threads: the loop's.
 */
final class Reserve {

  private static final int NO_FD = -1;

  private final Sys sys;
  private final int listenerFd;
  private int fd = NO_FD;

  Reserve(Sys sys, int listenerFd) {
    this.sys = sys;
    this.listenerFd = listenerFd;
  }

  /** Takes a descriptor, if there is none yet; whether there is one now. */
  boolean take() {
    if (fd == NO_FD) {
      fd = Math.max(NO_FD, sys.eventfd(0, Linux.EFD_CLOEXEC | Linux.EFD_NONBLOCK));
    }
    if (fd == NO_FD) {
      fd = Math.max(NO_FD, sys.fcntl(listenerFd, Linux.F_DUPFD_CLOEXEC, 0));
    }
    return fd != NO_FD;
  }

  /** Gives it up; false if there was none. */
  boolean give() {
    if (fd == NO_FD) {
      return false;
    }
    int _ = sys.close(fd);
    fd = NO_FD;
    return true;
  }
}
