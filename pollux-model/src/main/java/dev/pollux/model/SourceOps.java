package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SignalSet;

/** The calls that make sources of events, under the kernel's lock. */
final class SourceOps {

  // time.h: clocks that wake a machine up
  private static final int CLOCK_REALTIME_ALARM = 8;
  private static final int CLOCK_BOOTTIME_ALARM = 9;

  private static final int PIDFD_THREAD = Linux.O_EXCL; // linux/pidfd.h

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
    return open(new EventFdFile(initialValue, FileOps.has(flags, Linux.EFD_SEMAPHORE)), flags);
  }

  /** Opens a source, whose flags have the same values whatever it is. */
  private int open(File file, int flags) {
    int result = table.checkRoom(1);
    return result < 0
        ? result
        : table.open(
            file, Linux.O_RDWR | (flags & Linux.O_NONBLOCK), FileOps.has(flags, Linux.O_CLOEXEC));
  }

  int timerfdCreate(int clockId, int flags) {
    if ((flags & ~(Linux.TFD_NONBLOCK | Linux.TFD_CLOEXEC)) != 0) {
      return -Errno.EINVAL;
    }
    return switch (clockId) {
      case Linux.CLOCK_MONOTONIC, Linux.CLOCK_BOOTTIME ->
          open(new TimerFdFile(kernel, false), flags);
      case Linux.CLOCK_REALTIME -> open(new TimerFdFile(kernel, true), flags);
      case CLOCK_REALTIME_ALARM, CLOCK_BOOTTIME_ALARM ->
          kernel.unsupported("timerfd_create(" + clockId + ")");
      default -> -Errno.EINVAL;
    };
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
    long oldInterval = timer.intervalNanos();
    long oldRemaining = timer.remainingNanos();
    if (value == 0) {
      timer.disarm();
    } else if (FileOps.has(flags, Linux.TFD_TIMER_ABSTIME)) {
      timer.armAt(value, interval);
    } else {
      timer.arm(kernel.deadline(value), interval);
    }
    return previous == 0 ? 0 : show(oldInterval, oldRemaining, previous);
  }

  int timerfdGettime(int fd, long address) {
    Description file = table.get(fd);
    if (file == null) {
      return -Errno.EBADF;
    }
    if (!(file.file instanceof TimerFdFile timer)) {
      return -Errno.EINVAL;
    }
    return show(timer.intervalNanos(), timer.remainingNanos(), address);
  }

  private int show(long intervalNanos, long remainingNanos, long address) {
    if (!kernel.memory.valid(address, Linux.SIZEOF_ITIMERSPEC)) {
      return -Errno.EFAULT;
    }
    kernel.memory.setTimespec(address, intervalNanos);
    kernel.memory.setTimespec(address + Linux.SIZEOF_TIMESPEC, remainingNanos);
    return 0;
  }

  // ---- signals

  int signalfd(int fd, long set, int flags) {
    if (!kernel.memory.valid(set, Long.BYTES)) {
      return -Errno.EFAULT;
    }
    if ((flags & ~(Linux.SFD_NONBLOCK | Linux.SFD_CLOEXEC)) != 0) {
      return -Errno.EINVAL;
    }
    long accepted = kernel.memory.getLong(set);
    if (fd != -1) {
      Description description = table.get(fd);
      if (description == null) {
        return -Errno.EBADF;
      }
      if (!(description.file instanceof SignalFdFile file)) {
        return -Errno.EINVAL;
      }
      file.accept(accepted);
      return fd;
    }
    return open(new SignalFdFile(kernel.signals, accepted), flags);
  }

  int pthreadSigmask(int how, long set, long old) {
    Memory memory = kernel.memory;
    if (set != 0 && !memory.valid(set, Long.BYTES)) {
      return -Errno.EFAULT;
    }
    long before = kernel.signals.blocked();
    if (set != 0) {
      long signals = memory.getLong(set);
      long next;
      switch (how) {
        case Linux.SIG_BLOCK -> next = before | signals;
        case Linux.SIG_UNBLOCK -> next = before & ~signals;
        case Linux.SIG_SETMASK -> next = signals;
        default -> {
          return -Errno.EINVAL;
        }
      }
      if (!kernel.signals.block(next)) {
        return kernel.unsupported("pthread_sigmask(unblock a pending signal)");
      }
    }
    if (old != 0) {
      if (!memory.valid(old, Long.BYTES)) {
        return -Errno.EFAULT;
      }
      memory.setLong(old, before);
    }
    return 0;
  }

  int raise(int signal) {
    if (signal < 0 || signal > SignalSet.MAX_SIGNAL) {
      return -Errno.EINVAL;
    }
    if (signal == 0) {
      return 0;
    }
    return kernel.signals.wouldStrike(signal)
        ? kernel.unsupported("raise(" + signal + ", not blocked)")
        : kernel.signals.raise(signal);
  }

  // ---- files and processes

  int inotifyInit1(int flags) {
    if ((flags & ~(Linux.IN_NONBLOCK | Linux.IN_CLOEXEC)) != 0) {
      return -Errno.EINVAL;
    }
    if (kernel.inotifyInstances >= InotifyFile.MAX_USER_INSTANCES) {
      return -Errno.EMFILE;
    }
    int result = table.checkRoom(1);
    return result < 0
        ? result
        : table.open(
            new InotifyFile(kernel),
            flags & Linux.O_NONBLOCK,
            FileOps.has(flags, Linux.IN_CLOEXEC));
  }

  int inotifyRmWatch(int fd, int watch) {
    Description description = table.get(fd);
    if (description == null) {
      return -Errno.EBADF;
    }
    return description.file instanceof InotifyFile inotify ? inotify.unwatch(watch) : -Errno.EINVAL;
  }

  int pidfdOpen(int pid, int flags) {
    if ((flags & ~(Linux.O_NONBLOCK | PIDFD_THREAD)) != 0 || pid <= 0) {
      return -Errno.EINVAL;
    }
    if (FileOps.has(flags, PIDFD_THREAD)) {
      return kernel.unsupported("pidfd_open(PIDFD_THREAD)");
    }
    Processes.ProcessState process = kernel.processes.find(pid);
    if (process == null) {
      return -Errno.ESRCH;
    }
    return open(new ProcessFdFile(process), flags | Linux.O_CLOEXEC);
  }
}
