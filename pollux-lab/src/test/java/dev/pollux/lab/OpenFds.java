package dev.pollux.lab;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.util.Set;
import java.util.TreeSet;

/** The open descriptors of this process. */
final class OpenFds {

  private static final int MAX_FD = 4096;

  private OpenFds() {}

  static Set<Integer> list() {
    Sys sys = NativeSys.open();
    Set<Integer> fds = new TreeSet<>();
    for (int fd = 0; fd < MAX_FD; fd++) {
      if (sys.fcntl(fd, Linux.F_GETFD, 0) != -Errno.EBADF) {
        fds.add(fd);
      }
    }
    return fds;
  }
}
