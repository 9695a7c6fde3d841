package dev.pollux.model;

import dev.pollux.sys.SourceCalls;

/** The calls that make sources of events, each from entry to return under the kernel's lock. */
sealed interface LockedSourceCalls extends SourceCalls permits ModelSys {

  private Kernel kernel() {
    return ((ModelSys) this).kernel;
  }

  private SourceOps sources() {
    return ((ModelSys) this).sources;
  }

  private PathOps paths() {
    return ((ModelSys) this).paths;
  }

  @Override
  default int eventfd(int initialValue, int flags) {
    try (Kernel.Inside _ = kernel().enter()) {
      return sources().eventfd(initialValue, flags);
    }
  }

  @Override
  default int timerfdCreate(int clockId, int flags) {
    try (Kernel.Inside _ = kernel().enter()) {
      return sources().timerfdCreate(clockId, flags);
    }
  }

  @Override
  default int timerfdSettime(int fd, int flags, long newAddress, long oldAddress) {
    try (Kernel.Inside _ = kernel().enter()) {
      return sources().timerfdSettime(fd, flags, newAddress, oldAddress);
    }
  }

  @Override
  default int timerfdGettime(int fd, long itimerspecAddress) {
    try (Kernel.Inside _ = kernel().enter()) {
      return sources().timerfdGettime(fd, itimerspecAddress);
    }
  }

  @Override
  default int signalfd(int fd, long sigmaskAddress, int flags) {
    try (Kernel.Inside _ = kernel().enter()) {
      return sources().signalfd(fd, sigmaskAddress, flags);
    }
  }

  @Override
  default int pthreadSigmask(int how, long sigmaskAddress, long oldAddress) {
    try (Kernel.Inside _ = kernel().enter()) {
      return sources().pthreadSigmask(how, sigmaskAddress, oldAddress);
    }
  }

  @Override
  default int raise(int signal) {
    try (Kernel.Inside _ = kernel().enter()) {
      return sources().raise(signal);
    }
  }

  @Override
  default int inotifyInit1(int flags) {
    try (Kernel.Inside _ = kernel().enter()) {
      return sources().inotifyInit1(flags);
    }
  }

  @Override
  default int inotifyAddWatch(int fd, long pathAddress, int mask) {
    try (Kernel.Inside _ = kernel().enter()) {
      return paths().addWatch(fd, pathAddress, mask);
    }
  }

  @Override
  default int inotifyRmWatch(int fd, int watch) {
    try (Kernel.Inside _ = kernel().enter()) {
      return sources().inotifyRmWatch(fd, watch);
    }
  }

  @Override
  default int pidfdOpen(int pid, int flags) {
    try (Kernel.Inside _ = kernel().enter()) {
      return sources().pidfdOpen(pid, flags);
    }
  }
}
