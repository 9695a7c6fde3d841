package dev.pollux.poll;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;

/** Looks at a descriptor number, as epoll does when it is added. */
final class Descriptors {

  private Descriptors() {}

  /** 0, or -EBADF for a number that is not open. */
  static int check(Sys sys, int fd) {
    int result = sys.fcntl(fd, Linux.F_GETFL, 0);
    if (result < 0) {
      return result;
    }
    return (result & Linux.O_PATH) != 0 ? -Errno.EBADF : 0; // names a file, cannot be polled
  }
}
