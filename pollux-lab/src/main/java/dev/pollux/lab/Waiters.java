package dev.pollux.lab;

import dev.pollux.sys.EpollEvents;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** The threads of an act that wait on epoll instances. */
final class Waiters {

  private static final long LOOK_NANOS = 200_000; // 0.2 ms
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** The user data of what ends the threads; no handle has a negative number. */
  private static final long RELEASE = -1;

  private final Machine machine;
  private final WaitingThread.Reports reports;
  private final List<WaitingThread> threads = new ArrayList<>();
  private final List<WaitingThread> notReturned = new ArrayList<>();

  /** How many had not returned at the last look. */
  private int notReturnedBefore;

  Waiters(Machine machine, WaitingThread.Reports reports) {
    this.machine = machine;
    this.reports = reports;
  }

  /** Starts so many threads, and waits until they sleep. */
  Outcome start(int count, List<Integer> epfds) {
    for (int i = 0; i < count; i++) {
      int epfd = epfds.get(i % epfds.size());
      threads.add(WaitingThread.start(machine.sys(), epfd, reports, threads.size() + 1));
    }
    notReturned.addAll(threads);
    notReturnedBefore = notReturned.size();
    return Outcome.of(awaitQuiet(0) ? Steps.OK : "they do not sleep");
  }

  /** Whether there are threads that have not returned; then the order of events is chance. */
  boolean areActive() {
    return !notReturned.isEmpty();
  }

  /** Lets those who were woken return, so that what they do belongs to the step that woke them. */
  void settle() {
    if (areActive()) {
      boolean _ = awaitQuiet(0); // whether it matters, the next look will tell
    }
  }

  /** Waits until those who were woken have returned; how many that were. */
  Outcome woken(int min) {
    boolean isQuiet = awaitQuiet(min);
    int count = notReturnedBefore - notReturned.size();
    notReturnedBefore = notReturned.size();
    return Outcome.of(isQuiet || count < min ? Step.Woken.woken(count) : "no rest");
  }

  /** Wakes those who still sleep, and ends all threads. */
  void close() {
    drop();
    if (!notReturned.isEmpty()) {
      release();
    }
    threads.forEach(WaitingThread::join);
    drop();
  }

  /** A readable level-triggered item wakes one thread after the other. */
  private void release() {
    Sys sys = machine.sys();
    int fd = sys.eventfd(1, Linux.EFD_NONBLOCK | Linux.EFD_CLOEXEC);
    try {
      EpollEvents event = EpollEvents.allocate(1);
      event.set(0, Linux.EPOLLIN, RELEASE);
      Set<Integer> epfds = new LinkedHashSet<>();
      notReturned.forEach(thread -> epfds.add(thread.epfd()));
      for (int epfd : epfds) {
        int _ = sys.epollCtl(epfd, Linux.EPOLL_CTL_ADD, fd, event.address());
      }
      notReturned.forEach(WaitingThread::join);
    } finally {
      int _ = sys.close(fd);
    }
  }

  private boolean awaitQuiet(int minWoken) {
    // The machine's clock may be virtual; this bounds real threads.
    long limit = ActRun.LIMIT_MILLIS * NANOS_PER_MILLI / LOOK_NANOS;
    for (long look = 0; look < limit; look++) {
      drop();
      boolean areAsleep = machine.areAsleep(notReturned);
      if (areAsleep && notReturnedBefore - notReturned.size() >= minWoken) {
        return true;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    return false;
  }

  private void drop() {
    notReturned.removeIf(thread -> thread.report() != null);
  }
}
