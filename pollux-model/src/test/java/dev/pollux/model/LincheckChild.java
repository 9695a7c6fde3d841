package dev.pollux.model;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.pollux.sys.Linux;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;

/**
 * A process of its own in which Lincheck runs the model's threads in all manner of orders: which
 * thread goes on is decided at every access to shared memory. A wake-up that is lost leaves a
 * thread parked for ever, which Lincheck finds and prints with the order that led to it.
 */
final class LincheckChild {

  private static final Arena ARENA = Arena.global();
  private static final MemorySegment EVENT = ARENA.allocate(16, 8);
  private static final MemorySegment FDS = ARENA.allocate(8, 8);
  private static final MemorySegment BYTE = ARENA.allocate(8, 8);
  private static final List<MemorySegment> OUT =
      List.of(ARENA.allocate(64, 8), ARENA.allocate(64, 8));

  /** A situation in which somebody waits. */
  private enum Situation {
    LEVEL_TWO_WAITERS,
    EDGE_TWO_WAITERS,
    REARM_DURING_WAIT,
    POLL,

    /** The program's own fault: it looks before it says that it will wait. */
    PLANTED;

    void run() {
      switch (this) {
        case LEVEL_TWO_WAITERS -> levelWithTwoWaiters();
        case EDGE_TWO_WAITERS -> edgesWithTwoWaiters();
        case REARM_DURING_WAIT -> rearmDuringWait();
        case POLL -> pollWaits();
        case PLANTED -> looksThenWaits();
      }
    }
  }

  private LincheckChild() {}

  /** Argument: how many orders to try of each situation. Prints the situations that it ran. */
  public static void main(String[] args) {
    int orders = Integer.parseInt(args[0]);
    warmUp(Situation.LEVEL_TWO_WAITERS);
    for (Situation each : EnumSet.complementOf(EnumSet.of(Situation.PLANTED))) {
      System.out.println(each);
      Lincheck.runConcurrentTest(orders, each::run);
    }
    System.out.println(isFound(Situation.PLANTED, orders) ? "done" : "PLANTED was not found");
  }

  /** Whether as many orders as the others get are enough to lose a wake-up that can be lost. */
  private static boolean isFound(Situation situation, int orders) {
    try {
      Lincheck.runConcurrentTest(orders, situation::run);
      return false;
    } catch (LincheckAssertionError e) {
      return true;
    }
  }

  /**
   * Lincheck changes a class when it is used first, within the time that it gives an order. On a
   * busy machine that looks like a hang; the next time it is done already.
   */
  private static void warmUp(Situation situation) {
    try {
      Lincheck.runConcurrentTest(1, situation::run);
    } catch (LincheckAssertionError e) {
      System.out.println("slow: " + situation);
    }
  }

  /** One event that both shall have: the first to take it wakes the second. */
  private static void levelWithTwoWaiters() {
    ModelSys sys = ModelSys.threads(() -> 0);
    int ep = sys.epollCreate1(0);
    int writer = watchedPipe(sys, ep, Linux.EPOLLIN);
    race(() -> wait(sys, ep, 0), () -> wait(sys, ep, 1), () -> write(sys, writer));
  }

  /** Two edges and two waiters that take one event each: neither may get none. */
  private static void edgesWithTwoWaiters() {
    ModelSys sys = ModelSys.threads(() -> 0);
    int ep = sys.epollCreate1(0);
    int writer = watchedPipe(sys, ep, Linux.EPOLLIN | Linux.EPOLLET);
    int other = watchedPipe(sys, ep, Linux.EPOLLIN | Linux.EPOLLET);
    race(
        () -> wait(sys, ep, 0),
        () -> wait(sys, ep, 1),
        () -> write(sys, writer) & write(sys, other));
  }

  /** The one-shot has fired, and is armed again by another thread than the one that writes. */
  private static void rearmDuringWait() {
    ModelSys sys = ModelSys.threads(() -> 0);
    int ep = sys.epollCreate1(0);
    int writer = watchedPipe(sys, ep, Linux.EPOLLIN | Linux.EPOLLONESHOT);
    int reader = FDS.get(JAVA_INT, 0);
    check(write(sys, writer));
    check(wait(sys, ep, 0));
    race(
        () -> wait(sys, ep, 0),
        () -> sys.epollCtl(ep, Linux.EPOLL_CTL_MOD, reader, EVENT.address()) + 1,
        () -> write(sys, writer));
  }

  private static void pollWaits() {
    ModelSys sys = ModelSys.threads(() -> 0);
    int writer = pipe(sys);
    MemorySegment pollfd = OUT.getFirst();
    pollfd.set(JAVA_INT, 0, FDS.get(JAVA_INT, 0));
    pollfd.set(JAVA_SHORT, 4, (short) Linux.POLLIN);
    race(() -> sys.poll(pollfd.address(), 1, -1), () -> write(sys, writer));
  }

  /** Who writes does so only for those who wait; who has looked, and waits next, is not seen. */
  private static void looksThenWaits() {
    ModelSys sys = ModelSys.threads(() -> 0);
    int ep = sys.epollCreate1(0);
    int writer = watchedPipe(sys, ep, Linux.EPOLLIN);
    AtomicBoolean there = new AtomicBoolean();
    AtomicBoolean waits = new AtomicBoolean();
    race(
        () -> {
          if (there.get()) {
            return 1;
          }
          waits.set(true);
          return wait(sys, ep, 0);
        },
        () -> {
          there.set(true);
          return waits.get() ? write(sys, writer) : 1;
        });
  }

  /** Returns the end to write to. */
  private static int watchedPipe(ModelSys sys, int ep, int events) {
    int writer = pipe(sys);
    EVENT.set(JAVA_INT, 0, events);
    check(1 + sys.epollCtl(ep, Linux.EPOLL_CTL_ADD, FDS.get(JAVA_INT, 0), EVENT.address()));
    return writer;
  }

  private static int pipe(ModelSys sys) {
    check(1 + sys.pipe2(FDS.address(), Linux.O_NONBLOCK));
    return FDS.get(JAVA_INT, 4);
  }

  private static int wait(ModelSys sys, int ep, int waiter) {
    return sys.epollWait(ep, OUT.get(waiter).address(), 1, -1);
  }

  private static int write(ModelSys sys, int fd) {
    return sys.write(fd, BYTE.address(), 1);
  }

  /** Runs all at once; each must return 1. */
  private static void race(IntSupplier... calls) {
    int[] results = new int[calls.length];
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < calls.length; i++) {
      int each = i;
      threads.add(new Thread(() -> results[each] = calls[each].getAsInt()));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    for (int result : results) {
      check(result);
    }
  }

  private static void check(int result) {
    if (result != 1) {
      throw new IllegalStateException("a call returned " + result);
    }
  }
}
