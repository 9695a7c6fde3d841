package dev.pollux.model;

import dev.pollux.sys.Abi;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;

/** The epoll calls, under the kernel's lock: what is checked, and in which order. */
final class EpollOps {

  static final long NANOS_PER_MILLI = 1_000_000L;

  /** What may stand beside EPOLLEXCLUSIVE. */
  private static final int EXCLUSIVE_OK =
      Linux.EPOLLIN
          | Linux.EPOLLOUT
          | Linux.EPOLLERR
          | Linux.EPOLLHUP
          | Linux.EPOLLWAKEUP
          | Linux.EPOLLET
          | Linux.EPOLLEXCLUSIVE;

  private final Kernel kernel;
  private final FileTable table;

  EpollOps(Kernel kernel, FileTable table) {
    this.kernel = kernel;
    this.table = table;
  }

  int create(int flags) {
    if ((flags & ~Linux.EPOLL_CLOEXEC) != 0) {
      return -Errno.EINVAL;
    }
    int result = table.checkRoom(1);
    if (result < 0) {
      return result;
    }
    EventPoll epoll = new EventPoll(kernel);
    int fd = table.open(epoll, Linux.O_RDWR, flags != 0);
    epoll.openedAs(table.open(fd));
    return fd;
  }

  int control(int epfd, int op, int fd, long address) {
    boolean hasEvent = op != Linux.EPOLL_CTL_DEL;
    if (hasEvent && !kernel.memory.valid(address, EventPoll.EVENT_SIZE)) {
      return -Errno.EFAULT;
    }
    Description instance = table.get(epfd);
    Description target = table.get(fd);
    if (instance == null || target == null) {
      return -Errno.EBADF;
    }
    if (!target.file.isPollable()) {
      return -Errno.EPERM;
    }
    if (target == instance || !(instance.file instanceof EventPoll epoll)) {
      return -Errno.EINVAL;
    }
    int events = hasEvent ? kernel.memory.getInt(address) : 0;
    long data = hasEvent ? kernel.memory.getLong(address + Abi.CURRENT.epollDataOffset) : 0;
    if (FileOps.has(events, Linux.EPOLLEXCLUSIVE)) {
      boolean nested = target.file instanceof EventPoll;
      boolean refused = op == Linux.EPOLL_CTL_ADD && (nested || (events & ~EXCLUSIVE_OK) != 0);
      if (op == Linux.EPOLL_CTL_MOD || refused) {
        return -Errno.EINVAL;
      }
    }
    if (op == Linux.EPOLL_CTL_ADD
        && target.file instanceof EventPoll inner
        && Nesting.isForbidden(epoll, inner)) {
      return -Errno.ELOOP;
    }
    EpollItem item = epoll.interest.find(target.id, fd);
    return switch (op) {
      case Linux.EPOLL_CTL_ADD ->
          item == null ? epoll.add(target, fd, events, data) : -Errno.EEXIST;
      case Linux.EPOLL_CTL_MOD -> item == null ? -Errno.ENOENT : epoll.modify(item, events, data);
      case Linux.EPOLL_CTL_DEL -> item == null ? -Errno.ENOENT : epoll.remove(item);
      default -> -Errno.EINVAL;
    };
  }

  int wait(int epfd, long address, int maxEvents, int timeoutMillis) {
    return await(epfd, address, maxEvents, timeoutMillis * NANOS_PER_MILLI);
  }

  int pwait2(int epfd, long address, int maxEvents, long timespec) {
    long timeout = -1;
    if (timespec != 0) {
      if (!kernel.memory.valid(timespec, Linux.SIZEOF_TIMESPEC)) {
        return -Errno.EFAULT;
      }
      timeout = kernel.memory.timespec(timespec);
      if (timeout < 0) {
        return -Errno.EINVAL;
      }
    }
    return await(epfd, address, maxEvents, timeout);
  }

  private int await(int epfd, long address, int maxEvents, long timeoutNanos) {
    Description instance = table.get(epfd);
    if (instance == null) {
      return -Errno.EBADF;
    }
    if (maxEvents <= 0 || maxEvents > EventPoll.MAX_EVENTS) {
      return -Errno.EINVAL;
    }
    if (!(instance.file instanceof EventPoll epoll)) {
      return -Errno.EINVAL;
    }
    instance.acquire(); // who waits keeps the instance open
    try {
      return epoll.await(epfd, address, maxEvents, timeoutNanos);
    } finally {
      instance.release();
    }
  }
}
