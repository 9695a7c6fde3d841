package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.ReadinessCalls;

/** The calls that wait for readiness, each from entry to return under the kernel's lock. */
final class LockedReadinessCalls implements ReadinessCalls {

  private final Kernel kernel;
  private final EpollOps epolls;
  private final PollOps polls;

  LockedReadinessCalls(Kernel kernel, EpollOps epolls, PollOps polls) {
    this.kernel = kernel;
    this.epolls = epolls;
    this.polls = polls;
  }

  @Override
  public int epollCreate(int size) {
    kernel.enter();
    try {
      return size <= 0 ? -Errno.EINVAL : epolls.create(0);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int epollCreate1(int flags) {
    kernel.enter();
    try {
      return epolls.create(flags);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int epollCtl(int epfd, int op, int fd, long eventAddress) {
    kernel.enter();
    try {
      return epolls.control(epfd, op, fd, eventAddress);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int epollWait(int epfd, long eventsAddress, int maxEvents, int timeoutMillis) {
    kernel.enter();
    try {
      return epolls.wait(epfd, eventsAddress, maxEvents, timeoutMillis);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int epollPwait(
      int epfd, long eventsAddress, int maxEvents, int timeoutMillis, long sigmaskAddress) {
    kernel.enter();
    try {
      return epolls.wait(epfd, eventsAddress, maxEvents, timeoutMillis);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int epollPwait2(
      int epfd, long eventsAddress, int maxEvents, long timespecAddress, long sigmaskAddress) {
    kernel.enter();
    try {
      return epolls.pwait2(epfd, eventsAddress, maxEvents, timespecAddress);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int poll(long pollfdsAddress, int count, int timeoutMillis) {
    kernel.enter();
    try {
      return polls.poll(pollfdsAddress, count, timeoutMillis * EpollOps.NANOS_PER_MILLI);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int ppoll(long pollfdsAddress, int count, long timespecAddress, long sigmaskAddress) {
    kernel.enter();
    try {
      return polls.ppoll(pollfdsAddress, count, timespecAddress);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int select(
      int nfds, long readAddress, long writeAddress, long exceptAddress, long timevalAddress) {
    kernel.enter();
    try {
      return polls.select(nfds, readAddress, writeAddress, exceptAddress, timevalAddress);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int pselect(
      int nfds,
      long readAddress,
      long writeAddress,
      long exceptAddress,
      long timespecAddress,
      long sigmaskAddress) {
    kernel.enter();
    try {
      return polls.pselect(nfds, readAddress, writeAddress, exceptAddress, timespecAddress);
    } finally {
      kernel.exit();
    }
  }
}
