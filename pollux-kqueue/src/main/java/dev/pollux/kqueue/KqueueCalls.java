package dev.pollux.kqueue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.KeventMemory;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import dev.pollux.sys.Timespec;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * {@code kqueue} and {@code kevent} as system calls, by {@link EmulatedKqueue}: what a descriptor
 * stands for is looked up.
 *
 * <p>Threads: any, as with the calls themselves. What is kept for each memory that events were
 * written to is kept until the queue is closed.
 */
final class KqueueCalls {

  /** What a waiter's list has not told yet stays with it, so each memory has one. */
  private record Waiter(int kq, long eventsAddress, int count) {}

  private final Sys kernel;
  private final boolean takesErrors;
  private final Map<Integer, EmulatedKqueue> queues = new ConcurrentHashMap<>();
  private final Map<Waiter, Kevents> lists = new ConcurrentHashMap<>();

  KqueueCalls(Sys kernel, boolean takesErrors) {
    this.kernel = kernel;
    this.takesErrors = takesErrors;
  }

  int kqueue() {
    try {
      EmulatedKqueue queue = new EmulatedKqueue(kernel, takesErrors);
      int fd = queue.fd();
      var _ = queues.put(fd, queue);
      return fd;
    } catch (SysException e) {
      return -e.errno();
    }
  }

  /** {@code close(2)}: of a queue, all that it stands on. */
  int close(int fd) {
    EmulatedKqueue queue = queues.remove(fd);
    if (queue == null) {
      return kernel.close(fd);
    }
    boolean _ = lists.keySet().removeIf(waiter -> waiter.kq == fd);
    queue.close();
    return 0;
  }

  int kevent(
      int kq, long changesAddress, int changeCount, long eventsAddress, int count, long timespec) {
    EmulatedKqueue queue = queues.get(kq);
    if (queue == null) {
      return -Errno.EBADF;
    }
    if (changeCount < 0 || count < 0) {
      return -Errno.EINVAL;
    }
    Waiter waiter = new Waiter(kq, eventsAddress, count);
    Kevents events = lists.computeIfAbsent(waiter, _ -> Kevents.allocate(count));
    Kevents changes = Kevents.allocate(changeCount);
    KeventMemory given = KeventMemory.at(changesAddress, changeCount);
    for (int i = 0; i < changeCount; i++) {
      var _ =
          changes.add(
              given.ident(i),
              given.filter(i),
              given.flags(i),
              given.fflags(i),
              given.data(i),
              given.udata(i));
    }
    try {
      int found = queue.kevent(changes, events, Timespec.readAt(timespec));
      KeventMemory _ = events.writeTo(KeventMemory.at(eventsAddress, count));
      return found;
    } catch (SysException e) {
      return -e.errno();
    } catch (IllegalArgumentException _) {
      return -Errno.EINVAL; // the timeout
    } catch (IllegalStateException _) {
      return -Errno.EBADF; // closed meanwhile
    }
  }
}
