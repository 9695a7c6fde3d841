package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;

/** The calls that make sources of events, under the kernel's lock. */
final class SourceOps {

  private final Kernel kernel;
  private final FileTable table;

  SourceOps(Kernel kernel, FileTable table) {
    this.kernel = kernel;
    this.table = table;
  }

  // ---- counters and timers

  int eventfd(int initialValue, int flags) {
    if ((flags & ~(Linux.EFD_SEMAPHORE | Linux.EFD_NONBLOCK | Linux.EFD_CLOEXEC)) != 0) {
      return -Errno.EINVAL;
    }
    int result = table.checkRoom(1);
    if (result < 0) {
      return result;
    }
    EventFdFile file = new EventFdFile(initialValue, FileOps.has(flags, Linux.EFD_SEMAPHORE));
    return table.open(
        file, Linux.O_RDWR | (flags & Linux.O_NONBLOCK), FileOps.has(flags, Linux.EFD_CLOEXEC));
  }

  int timerfdCreate(int clockId, int flags) {
    if ((flags & ~(Linux.TFD_NONBLOCK | Linux.TFD_CLOEXEC)) != 0) {
      return -Errno.EINVAL;
    }
    if (clockId != Linux.CLOCK_MONOTONIC) {
      return kernel.unsupported("timerfd_create(" + clockId + ")");
    }
    int result = table.checkRoom(1);
    return result < 0
        ? result
        : table.open(
            new TimerFdFile(kernel),
            Linux.O_RDWR | (flags & Linux.O_NONBLOCK),
            FileOps.has(flags, Linux.TFD_CLOEXEC));
  }

  int timerfdSettime(int fd, int flags, long next, long previous) {
    Memory memory = kernel.memory;
    if (!memory.valid(next, Linux.SIZEOF_ITIMERSPEC)) {
      return -Errno.EFAULT;
    }
    long interval = memory.timespec(next);
    long value = memory.timespec(next + Linux.SIZEOF_TIMESPEC);
    int known = Linux.TFD_TIMER_ABSTIME | Linux.TFD_TIMER_CANCEL_ON_SET;
    if ((flags & ~known) != 0 || interval < 0 || value < 0) {
      return -Errno.EINVAL;
    }
    Description file = table.get(fd);
    if (file == null) {
      return -Errno.EBADF;
    }
    if (!(file.file instanceof TimerFdFile timer)) {
      return -Errno.EINVAL;
    }
    if (previous != 0 && !memory.valid(previous, Linux.SIZEOF_ITIMERSPEC)) {
      return -Errno.EFAULT;
    }
    if (previous != 0) {
      show(timer, previous);
    }
    if (value == 0) {
      timer.disarm();
    } else {
      boolean absolute = (flags & Linux.TFD_TIMER_ABSTIME) != 0;
      timer.arm(absolute ? value : kernel.deadline(value), interval);
    }
    return 0;
  }

  int timerfdGettime(int fd, long address) {
    Description file = table.get(fd);
    if (file == null) {
      return -Errno.EBADF;
    }
    if (!(file.file instanceof TimerFdFile timer)) {
      return -Errno.EINVAL;
    }
    if (!kernel.memory.valid(address, Linux.SIZEOF_ITIMERSPEC)) {
      return -Errno.EFAULT;
    }
    show(timer, address);
    return 0;
  }

  private void show(TimerFdFile timer, long address) {
    kernel.memory.setTimespec(address, timer.intervalNanos());
    kernel.memory.setTimespec(address + Linux.SIZEOF_TIMESPEC, timer.remainingNanos());
  }
}
