package dev.pollux.poll;

import static dev.pollux.poll.Capability.EDGE_PER_ARRIVAL;
import static dev.pollux.poll.Capability.EXCLUSIVE;
import static dev.pollux.poll.Capability.HANGUP_AND_ERROR;
import static dev.pollux.poll.Capability.MULTIPLE_WAITERS;
import static dev.pollux.poll.Capability.NANOSECOND_TIMEOUT;
import static dev.pollux.poll.Capability.NESTING;
import static dev.pollux.poll.Capability.PRIORITY;
import static dev.pollux.poll.Capability.READ_CLOSED;

import java.util.EnumSet;
import java.util.Set;

/** What one run of the contract runs on: a kernel and a backend. */
record Fixture(Kernel kernel, Backend backend) {

  /**
   * What the backend is documented to be capable of. Stated here and not asked for, so that a
   * poller which forgets a capability fails a test.
   */
  Set<Capability> capabilities() {
    return switch (backend) {
      case EPOLL -> {
        Set<Capability> all =
            EnumSet.of(
                EDGE_PER_ARRIVAL,
                MULTIPLE_WAITERS,
                EXCLUSIVE,
                READ_CLOSED,
                HANGUP_AND_ERROR,
                PRIORITY,
                NANOSECOND_TIMEOUT,
                NESTING);
        if (!kernel.hasEpollPwait2()) {
          all.remove(NANOSECOND_TIMEOUT);
        }
        yield all;
      }
      case POLL -> EnumSet.of(READ_CLOSED, HANGUP_AND_ERROR, PRIORITY, NANOSECOND_TIMEOUT);
      case SELECT -> EnumSet.of(PRIORITY, NANOSECOND_TIMEOUT);
      case KQUEUE -> {
        Set<Capability> all =
            EnumSet.of(
                EDGE_PER_ARRIVAL,
                MULTIPLE_WAITERS,
                READ_CLOSED,
                PRIORITY,
                NANOSECOND_TIMEOUT,
                NESTING);
        if (isPoor()) {
          all.remove(PRIORITY);
        }
        if (!kernel.hasEpollPwait2()) {
          all.remove(NANOSECOND_TIMEOUT);
        }
        yield all;
      }
    };
  }

  /** Whether the kernel's epoll is beneath, whose errors and descriptors are then met. */
  boolean isOnEpoll() {
    return backend == Backend.EPOLL || backend == Backend.KQUEUE;
  }

  /** Whether kqueue is a system call: what it stands on is not seen by who counts calls. */
  boolean isSeam() {
    return kernel.equals(Kernel.SEAM) || isPoor();
  }

  /** Whether kqueue is a system call, and has no more than all systems have. */
  boolean isPoor() {
    return kernel.equals(Kernel.POOR_SEAM);
  }

  /** How many descriptors a poller closes, as its kernel sees it. */
  int descriptors() {
    if (isPoor()) {
      return 5; // of the queue, of the pipe that ends it, of the ring and of the alarm
    }
    return isOnEpoll() && !isSeam() ? 2 : 1;
  }

  boolean supports(Capability capability) {
    return capabilities().contains(capability);
  }

  @Override
  public String toString() {
    return backend.label() + "/" + kernel.name();
  }

  /** Whether a call by this name ends a wait: of an eventfd or a pipe, or a change of a knote. */
  static boolean isRing(String call) {
    return call.equals("write") || call.equals("kevent");
  }

  /** Whether a call by this name is made when a registration is changed. */
  static boolean isChange(String call) {
    return call.equals("epollCtl") || call.equals("fcntl") || call.equals("kevent");
  }
}
