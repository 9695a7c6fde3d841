package dev.pollux.inspect.proc;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * Asks whether an epoll instance of another process has anything ready, by a copy of its descriptor
 * and poll, which takes nothing away. No other kind of descriptor is copied: a copy of a socket
 * would keep its connection open.
 *
 * <p>Ownership: holds a descriptor of the process until {@link #close}; copies live for a call.
 * Source: pidfd_getfd(2), kcmp(2).
 */
public final class ReadyLists implements AutoCloseable {

  private static final int KCMP_FILE = 0;
  private static final int KCMP_EPOLL_TFD = 7;
  private static final int SLOT_BYTES = 12; // struct kcmp_epoll_slot: efd, tfd, toff

  private final Sys sys;
  private final int pid;
  private final int pidfd;
  private @Nullable String refused;

  private ReadyLists(Sys sys, int pid, int pidfd) {
    this.sys = sys;
    this.pid = pid;
    this.pidfd = pidfd;
    this.refused = pidfd < 0 ? reason(pidfd) : null;
  }

  /** Of a process. */
  public static ReadyLists open(Sys sys, long pid) {
    return new ReadyLists(sys, (int) pid, sys.pidfdOpen((int) pid, 0));
  }

  private static String reason(int result) {
    return switch (-result) {
      case Errno.EPERM -> "the kernel does not allow it (ptrace_scope, or the capability)";
      case Errno.ENOSYS -> "it needs Linux 5.6 and no filter against it";
      default -> Errno.name(-result);
    };
  }

  /** Why nothing is known of ready lists; null as long as nothing was refused. */
  public @Nullable String refused() {
    return refused;
  }

  /** Whether anything is ready in an instance; null if that may not be known. */
  public @Nullable Boolean hasReady(int epfd) {
    if (refused != null) {
      return null;
    }
    int copy = sys.pidfdGetfd(pidfd, epfd, 0);
    if (copy < 0) {
      refused = copy == -Errno.EBADF ? refused : reason(copy);
      return null;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment look = arena.allocate(Linux.SIZEOF_POLLFD, Integer.BYTES);
      look.set(ValueLayout.JAVA_INT, Offsets.POLLFD__FD, copy);
      look.set(ValueLayout.JAVA_SHORT, Offsets.POLLFD__EVENTS, (short) Linux.EPOLLIN);
      int result = sys.poll(look.address(), 1, 0);
      return result < 0 ? null : result > 0;
    } finally {
      int _ = sys.close(copy);
    }
  }

  /** Whether two descriptors of the process are of one open file; null if that may not be known. */
  public @Nullable Boolean isSameFile(int first, int second) {
    int result = sys.kcmp(pid, pid, KCMP_FILE, first, second);
    return result < 0 ? null : result == 0;
  }

  /**
   * Whether a descriptor, perhaps of another process, is of the file that an item was added by;
   * null if that may not be known.
   *
   * @param toOffset which of the items with this number, from 0
   */
  public @Nullable Boolean isFileOf(
      int epfd, int itemFd, int toOffset, long otherPid, int otherFd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment slot = arena.allocate(SLOT_BYTES, Integer.BYTES);
      slot.set(ValueLayout.JAVA_INT, 0, epfd);
      slot.set(ValueLayout.JAVA_INT, 4, itemFd);
      slot.set(ValueLayout.JAVA_INT, 8, toOffset);
      int result = sys.kcmp((int) otherPid, pid, KCMP_EPOLL_TFD, otherFd, slot.address());
      return result < 0 ? null : result == 0;
    }
  }

  @Override
  public void close() {
    if (pidfd >= 0) {
      int _ = sys.close(pidfd);
    }
  }
}
