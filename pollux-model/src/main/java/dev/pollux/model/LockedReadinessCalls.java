package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.ReadinessCalls;

/** The calls that wait for readiness, each from entry to return under the kernel's lock. */
sealed interface LockedReadinessCalls extends ReadinessCalls permits ModelSys {

  private Kernel kernel() {
    return ((ModelSys) this).kernel;
  }

  private EpollOps epolls() {
    return ((ModelSys) this).epolls;
  }

  private PollOps polls() {
    return ((ModelSys) this).polls;
  }

  @Override
  default int epollCreate(int size) {
    try (Kernel.Inside _ = kernel().enter()) {
      return size <= 0 ? -Errno.EINVAL : epolls().create(0);
    }
  }

  @Override
  default int epollCreate1(int flags) {
    try (Kernel.Inside _ = kernel().enter()) {
      return epolls().create(flags);
    }
  }

  @Override
  default int epollCtl(int epfd, int op, int fd, long eventAddress) {
    try (Kernel.Inside _ = kernel().enter()) {
      return epolls().control(epfd, op, fd, eventAddress);
    }
  }

  @Override
  default int epollWait(int epfd, long eventsAddress, int maxEvents, int timeoutMillis) {
    try (Kernel.Inside _ = kernel().enter()) {
      return epolls().wait(epfd, eventsAddress, maxEvents, timeoutMillis);
    }
  }

  @Override
  default int epollPwait(
      int epfd, long eventsAddress, int maxEvents, int timeoutMillis, long sigmaskAddress) {
    try (Kernel.Inside _ = kernel().enter()) {
      return epolls().wait(epfd, eventsAddress, maxEvents, timeoutMillis);
    }
  }

  @Override
  default int epollPwait2(
      int epfd, long eventsAddress, int maxEvents, long timespecAddress, long sigmaskAddress) {
    try (Kernel.Inside _ = kernel().enter()) {
      return epolls().pwait2(epfd, eventsAddress, maxEvents, timespecAddress);
    }
  }

  @Override
  default int poll(long pollfdsAddress, int count, int timeoutMillis) {
    try (Kernel.Inside _ = kernel().enter()) {
      return polls().poll(pollfdsAddress, count, timeoutMillis * EpollOps.NANOS_PER_MILLI);
    }
  }

  @Override
  default int ppoll(long pollfdsAddress, int count, long timespecAddress, long sigmaskAddress) {
    try (Kernel.Inside _ = kernel().enter()) {
      return polls().ppoll(pollfdsAddress, count, timespecAddress);
    }
  }

  @Override
  default int select(
      int nfds, long readAddress, long writeAddress, long exceptAddress, long timevalAddress) {
    try (Kernel.Inside _ = kernel().enter()) {
      return polls().select(nfds, readAddress, writeAddress, exceptAddress, timevalAddress);
    }
  }

  @Override
  default int pselect(
      int nfds,
      long readAddress,
      long writeAddress,
      long exceptAddress,
      long timespecAddress,
      long sigmaskAddress) {
    try (Kernel.Inside _ = kernel().enter()) {
      return polls().pselect(nfds, readAddress, writeAddress, exceptAddress, timespecAddress);
    }
  }
}
