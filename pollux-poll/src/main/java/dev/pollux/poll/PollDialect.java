package dev.pollux.poll;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumSet;
import java.util.Set;

/**
 * What poll can tell, which differs between systems: not each has {@code ppoll}, and few besides
 * Linux have {@code POLLRDHUP}. Where kqueue is a call, the kernel is asked.
 */
final class PollDialect {

  private PollDialect() {}

  /**
   * What the poll of this system can do.
   *
   * @throws SysException EMFILE, ENFILE or ENOMEM
   */
  static Set<Capability> capabilities(Sys sys) throws SysException {
    EnumSet<Capability> all =
        EnumSet.of(
            Capability.READ_CLOSED,
            Capability.HANGUP_AND_ERROR,
            Capability.PRIORITY,
            Capability.NANOSECOND_TIMEOUT);
    if (!isKqueueThere(sys)) {
      return all;
    }
    if (!takesNanoseconds(sys)) {
      all.remove(Capability.NANOSECOND_TIMEOUT);
    }
    if (!tellsReadClosed(sys)) {
      all.remove(Capability.READ_CLOSED);
    }
    return all;
  }

  private static boolean isKqueueThere(Sys sys) throws SysException {
    int fd = sys.kqueue();
    if (fd == -Errno.ENOSYS) {
      return false;
    }
    int _ = sys.close(SysException.check("kqueue", fd));
    return true;
  }

  /** A system without {@code ppoll} cannot swap the signal mask either, and says so. */
  private static boolean takesNanoseconds(Sys sys) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mask = arena.allocate(Linux.SIZEOF_SIGSET, Long.BYTES);
      mask.fill((byte) -1); // no signal comes meanwhile
      return sys.ppoll(
              0, 0, arena.allocate(Linux.SIZEOF_TIMESPEC, Long.BYTES).address(), mask.address())
          != -Errno.ENOSYS;
    }
  }

  /** Looks at a socket whose peer has ended its writing. */
  private static boolean tellsReadClosed(Sys sys) throws SysException {
    int[] pair = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    try (Arena arena = Arena.ofConfined()) {
      int _ = sys.shutdown(pair[1], Linux.SHUT_WR);
      MemorySegment look = arena.allocate(Linux.SIZEOF_POLLFD, Integer.BYTES);
      look.set(ValueLayout.JAVA_INT, Offsets.POLLFD__FD, pair[0]);
      look.set(ValueLayout.JAVA_SHORT, Offsets.POLLFD__EVENTS, (short) Linux.POLLRDHUP);
      int _ =
          sys.ppoll(
              look.address(), 1, arena.allocate(Linux.SIZEOF_TIMESPEC, Long.BYTES).address(), 0);
      return (look.get(ValueLayout.JAVA_SHORT, Offsets.POLLFD__REVENTS) & Linux.POLLRDHUP) != 0;
    } finally {
      int _ = sys.close(pair[0]);
      int _ = sys.close(pair[1]);
    }
  }
}
