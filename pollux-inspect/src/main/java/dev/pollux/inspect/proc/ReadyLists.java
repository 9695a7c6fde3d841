package dev.pollux.inspect.proc;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Asks whether an epoll instance of another process has anything ready, by a copy of its descriptor
 * and poll, which takes nothing away. No other kind of descriptor is meant to be copied: a copy of
 * a socket would keep its connection open. So the number is looked at right before; if it becomes
 * another file's just then, the copy is closed at once.
 *
 * <p>Ownership: holds a descriptor of the process until {@link #close}; copies live for a call.
 * Source: pidfd_getfd(2).
 */
public final class ReadyLists implements AutoCloseable {

  private static final String EPOLL = "anon_inode:[eventpoll]";

  private final Sys sys;
  private final int pidfd;
  private final ProcFiles files;
  private @Nullable String refused;

  private ReadyLists(Sys sys, int pidfd, ProcFiles files) {
    this.sys = sys;
    this.pidfd = pidfd;
    this.files = files;
    this.refused = pidfd < 0 ? reason(pidfd) : null;
  }

  /** Of a process. */
  public static ReadyLists open(Sys sys, long pid, ProcFiles files) {
    return new ReadyLists(sys, sys.pidfdOpen((int) pid, 0), files);
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
    if (refused != null || !ProcFiles.link(files.path("fd/" + epfd)).equals(EPOLL)) {
      return null;
    }
    int copy = sys.pidfdGetfd(pidfd, epfd, 0);
    if (copy < 0) {
      refused = copy == -Errno.EBADF ? refused : reason(copy);
      return null;
    }
    try (Arena arena = Arena.ofConfined()) {
      if (!ProcFiles.link(Path.of("/proc/self/fd", Integer.toString(copy))).equals(EPOLL)) {
        return null; // the number has become another file's
      }
      MemorySegment look = arena.allocate(Linux.SIZEOF_POLLFD, Integer.BYTES);
      look.set(ValueLayout.JAVA_INT, Offsets.POLLFD__FD, copy);
      look.set(ValueLayout.JAVA_SHORT, Offsets.POLLFD__EVENTS, (short) Linux.EPOLLIN);
      int result = sys.poll(look.address(), 1, 0);
      return result < 0 ? null : result > 0;
    } finally {
      int _ = sys.close(copy);
    }
  }

  @Override
  public void close() {
    if (pidfd >= 0) {
      int _ = sys.close(pidfd);
    }
  }
}
