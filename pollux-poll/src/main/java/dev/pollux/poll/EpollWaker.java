package dev.pollux.poll;

import dev.pollux.sys.EpollEvents;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;

/**
 * The waker's items in an epoll instance, and the alarm they can raise.
 *
 * <p>A ring wakes one wait: the item is edge-triggered. The alarm wakes all of them, one after the
 * other, and lets none block until it is lowered: the same descriptors are watched level-triggered,
 * for writing as well, which an eventfd or a pipe always is ready for, unless it is full and so
 * readable. Raising and lowering are modifications, which need no memory and no watch of the
 * kernel, so they cannot be refused.
 *
 * <p>Threads: under the poller's lock, {@link #isRing} and {@link #isAlarm} excepted.
 */
final class EpollWaker {

  /** The user data of these items: a slot that no registration has. */
  static final long KEY = -1;

  private static final int QUIET = Linux.EPOLLIN | Linux.EPOLLET;
  private static final int ALARM = Linux.EPOLLIN | Linux.EPOLLOUT;

  private final Sys sys;
  private final DescriptorWaker waker;
  private final EpollEvents change;
  private boolean isRaised;

  /** Whether the kernel was told so, all of it. */
  private boolean isSettled = true;

  /**
   * A waker that is not watched yet.
   *
   * @param change room for one event, shared with the backend
   */
  EpollWaker(Sys sys, DescriptorWaker waker, EpollEvents change) {
    this.sys = sys;
    this.waker = waker;
    this.change = change;
  }

  /** What these items are of. */
  Waker descriptor() {
    return waker;
  }

  /** Whether an event with {@link #KEY} is a ring, to be drained. */
  static boolean isRing(int mask) {
    return (mask & Linux.EPOLLIN) != 0;
  }

  /** Whether an event with {@link #KEY} says that the alarm is raised. */
  static boolean isAlarm(int mask) {
    return (mask & Linux.EPOLLOUT) != 0;
  }

  /** Watches in an epoll instance, with the alarm as it stands. The result of the call. */
  int watch(int epfd) {
    int result = set(epfd, Linux.EPOLL_CTL_ADD, waker.fd(), isRaised);
    if (result >= 0 && waker.writeFd() != waker.fd()) {
      result = set(epfd, Linux.EPOLL_CTL_ADD, waker.writeFd(), isRaised);
    }
    return result;
  }

  boolean isRaised() {
    return isRaised;
  }

  /** Raises or lowers the alarm. */
  void alarm(int epfd, boolean raise) {
    if (raise == isRaised && isSettled) {
      return;
    }
    isRaised = raise;
    isSettled = false;
    set(epfd, Linux.EPOLL_CTL_MOD, waker.fd(), raise);
    if (waker.writeFd() != waker.fd()) {
      set(epfd, Linux.EPOLL_CTL_MOD, waker.writeFd(), raise);
    }
    isSettled = true;
  }

  private int set(int epfd, int op, int fd, boolean raised) {
    change.set(0, raised ? ALARM : QUIET, KEY);
    return sys.epollCtl(epfd, op, fd, change.address());
  }
}
