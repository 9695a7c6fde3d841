package dev.pollux.cli;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;

/** Tells the standard streams from what else may stand at their numbers. */
final class Inherited {

  private Inherited() {}

  /**
   * Whether a descriptor came from the parent process. Where the parent closed 0, 1 or 2, the JVM's
   * own files take these numbers; but they are close-on-exec, which nothing inherited is.
   */
  static boolean isOpen(Sys sys, int fd) {
    int flags = sys.fcntl(fd, Linux.F_GETFD, 0);
    return flags >= 0 && (flags & Linux.FD_CLOEXEC) == 0;
  }
}
