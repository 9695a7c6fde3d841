package dev.pollux.model;

import dev.pollux.sys.SourceCalls;

/** The calls that make sources of events, each from entry to return under the kernel's lock. */
final class LockedSourceCalls implements SourceCalls {

  private final Kernel kernel;
  private final FileOps files;

  LockedSourceCalls(Kernel kernel, FileOps files) {
    this.kernel = kernel;
    this.files = files;
  }

  @Override
  public int eventfd(int initialValue, int flags) {
    kernel.enter();
    try {
      return files.eventfd(initialValue, flags);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int timerfdCreate(int clockId, int flags) {
    kernel.enter();
    try {
      return files.timerfdCreate(clockId, flags);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int timerfdSettime(int fd, int flags, long newAddress, long oldAddress) {
    kernel.enter();
    try {
      return files.timerfdSettime(fd, flags, newAddress, oldAddress);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int timerfdGettime(int fd, long itimerspecAddress) {
    kernel.enter();
    try {
      return files.timerfdGettime(fd, itimerspecAddress);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int signalfd(int fd, long sigmaskAddress, int flags) {
    kernel.enter();
    try {
      return kernel.unsupported("signalfd");
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int pthreadSigmask(int how, long sigmaskAddress, long oldAddress) {
    kernel.enter();
    try {
      return kernel.unsupported("pthread_sigmask");
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int raise(int signal) {
    kernel.enter();
    try {
      return kernel.unsupported("raise");
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int inotifyInit1(int flags) {
    kernel.enter();
    try {
      return kernel.unsupported("inotify_init1");
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int inotifyAddWatch(int fd, long pathAddress, int mask) {
    kernel.enter();
    try {
      return kernel.unsupported("inotify_add_watch");
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int inotifyRmWatch(int fd, int watch) {
    kernel.enter();
    try {
      return kernel.unsupported("inotify_rm_watch");
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int pidfdOpen(int pid, int flags) {
    kernel.enter();
    try {
      return kernel.unsupported("pidfd_open");
    } finally {
      kernel.exit();
    }
  }
}
