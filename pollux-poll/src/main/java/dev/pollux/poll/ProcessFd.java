package dev.pollux.poll;

import dev.pollux.kqueue.Kevent;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;

/**
 * The end of a process as a source: readable once the process has ended, and ever after.
 *
 * <p>A level trigger therefore reports it by every wait: use a one-shot, or remove it when it was
 * reported. The exit status is not read here. For a child of the JVM, {@link Process#waitFor()} has
 * it and returns at once or very soon: the JVM learns of the end on a thread of its own.
 *
 * <p>Ownership: the source owns its descriptor, not the process; {@link #close} is idempotent.
 *
 * <p>Threads: any. Blocking: never; the descriptor cannot be read or written.
 *
 * <p>Where there is no pidfd and a kqueue, it is a knote of {@code EVFILT_PROC}.
 *
 * <p>Source: pidfd_open(2), Linux 5.3.
 */
public final class ProcessFd implements EventSource, AutoCloseable {

  private final OwnedFd own;

  private final long pid;

  private ProcessFd(Sys sys, long pid) {
    if (pid < 1 || pid > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("no process number: " + pid);
    }
    this.own = new OwnedFd(sys, "ProcessFd pid " + pid);
    this.pid = pid;
  }

  /** As {@link #open(Sys, long)}, on the running kernel. */
  public static ProcessFd open(long pid) throws SysException {
    return open(NativeSys.open(), pid);
  }

  /**
   * Watches a process by its number, of whoever it is a child.
   *
   * <p>Not guaranteed: that the number still means the process you have in mind, unless it is a
   * child that nobody has waited for.
   *
   * @throws SysException ESRCH if there is no such process (any more), EINVAL if the number is that
   *     of a thread, ENOSYS before Linux 5.3, EMFILE, ENFILE or ENOMEM
   */
  public static ProcessFd open(Sys sys, long pid) throws SysException {
    ProcessFd source = new ProcessFd(sys, pid);
    source.check(source.begin(sys));
    return source;
  }

  /** As {@link #open(Sys, Process)}, on the running kernel. */
  public static ProcessFd open(Process process) throws SysException {
    return open(NativeSys.open(), process);
  }

  /**
   * Watches a child of this JVM. One that has ended already is readable at once.
   *
   * @throws SysException ENOSYS before Linux 5.3, EMFILE, ENFILE or ENOMEM
   */
  public static ProcessFd open(Sys sys, Process process) throws SysException {
    long pid = process.pid();
    ProcessFd source = new ProcessFd(sys, pid);
    int result = source.begin(sys);
    if (result != -Errno.ESRCH) {
      source.check(result);
      if (process.isAlive()) {
        return source; // alive after the call: the number was still its own
      }
      source.close();
    }
    // It has ended, and the number may be a stranger's: something readable stands in for it.
    ProcessFd ended = new ProcessFd(sys, pid);
    int readable = sys.eventfd(1, Linux.EFD_NONBLOCK | Linux.EFD_CLOEXEC);
    if (readable == -Errno.ENOSYS) { // the end of a pipe is as good
      int[] ends = Sockets.pipe(sys, Linux.O_NONBLOCK | Linux.O_CLOEXEC);
      int _ = sys.close(ends[1]);
      readable = ends[0];
    }
    ended.own.take("eventfd()", readable);
    return ended;
  }

  /** Begins to watch, by a pidfd or else by a knote; 0, or {@code -errno}. */
  private int begin(Sys sys) throws SysException {
    int fd = sys.pidfdOpen((int) pid, 0); // close-on-exec by itself
    if (fd >= 0) {
      own.take("pidfd_open()", fd);
      return 0;
    }
    return fd == -Errno.ENOSYS ? beginByQueue(sys) : fd;
  }

  private int beginByQueue(Sys sys) throws SysException {
    OwnedQueue queue = OwnedQueue.openIfThere(sys, "ProcessFd pid " + pid);
    if (queue == null) {
      return -Errno.ENOSYS;
    }
    own.take(queue);
    try {
      int flags = Kevent.EV_ADD;
      queue.with(pid, Kevent.EVFILT_PROC, flags, Kevent.NOTE_EXIT, 0).change();
      return 0;
    } catch (SysException e) {
      own.close();
      return -e.errno();
    } catch (Throwable t) {
      own.close();
      throw t;
    }
  }

  private void check(int result) throws SysException {
    String call = "pidfd_open(" + pid + ")";
    if (result == -Errno.ENOSYS) {
      throw SysException.of(
          call, result, "needs Linux 5.3 and no filter against it; Process.onExit() does without");
    }
    int _ = SysException.check(call, result);
  }

  /** The number of the process. */
  public long pid() {
    return pid;
  }

  @Override
  public int fd() {
    return own.number();
  }

  @Override
  public void close() {
    own.close();
  }

  @Override
  public String toString() {
    return own.toString();
  }
}
