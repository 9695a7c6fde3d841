package dev.pollux.poll;

import dev.pollux.sys.Linux;
import dev.pollux.sys.SysException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A random program in rounds, with waiters that run through all of them. In each round some of the
 * watched are armed again, muted, replaced or orphaned, and some become ready, while another thread
 * makes wake-ups. Then must hold:
 *
 * <ul>
 *   <li>whoever is armed and ready is reported by some wait;
 *   <li>a one-shot was never reported more often than it was armed;
 *   <li>a wake-up makes a wait return;
 *   <li>in the end all waiters block, and make no system calls.
 * </ul>
 */
final class RandomThreads {

  private static final int WAITERS = 3;
  private static final int EVENTFDS = 8;
  private static final int FILES = 2;
  private static final int WAKEUPS = 20; // a round
  private static final long SILENCE_NANOS = 3_000_000; // 3 ms

  private static final List<Trigger> TRIGGERS = List.of(Trigger.values());

  /** What is watched, always by the same trigger. */
  private static final class Watched {
    final Trigger trigger;
    final boolean file;
    final AtomicInteger armings = new AtomicInteger();
    final AtomicInteger reports = new AtomicInteger();
    int fd;
    Registration registration;
    boolean ready;

    Watched(Trigger trigger, boolean file, int fd) {
      this.trigger = trigger;
      this.file = file;
      this.fd = fd;
      this.ready = file;
    }
  }

  private final Kernel kernel;
  private final Io io;
  private final SysProbe probe;
  private final Poller poller;
  private final SplittableRandom random;
  private final List<String> log;
  private final List<Watched> all = new ArrayList<>();
  private final List<Integer> orphans = new ArrayList<>();
  private final AtomicInteger returns = new AtomicInteger();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final List<Thread> waiters = new ArrayList<>();
  private final Queue<Object> waiterIds = new ConcurrentLinkedQueue<>();

  RandomThreads(
      Kernel kernel,
      Io io,
      SysProbe probe,
      Poller poller,
      SplittableRandom random,
      List<String> log)
      throws SysException {
    this.kernel = kernel;
    this.io = io;
    this.probe = probe;
    this.poller = poller;
    this.random = random;
    this.log = Collections.synchronizedList(log);
    for (int i = 0; i < EVENTFDS + FILES; i++) {
      boolean file = i >= EVENTFDS;
      Trigger trigger = TRIGGERS.get(random.nextInt(TRIGGERS.size()));
      int fd = file ? io.open("/dev/null", Linux.O_RDWR) : io.eventfd(0);
      Watched watched = new Watched(trigger, file, fd);
      watched.registration = poller.add(fd, Interest.NONE, trigger, watched);
      all.add(watched);
      log.add((file ? "file " : "eventfd ") + fd + " " + trigger);
    }
    for (int i = 0; i < WAITERS; i++) {
      Events batch = new Events(1 + random.nextInt(4));
      waiters.add(Thread.ofPlatform().daemon().name("waiter").start(() -> waitOn(batch)));
    }
  }

  private void waitOn(Events batch) {
    waiterIds.add(kernel.currentThread());
    try {
      while (true) {
        int count = poller.await(batch, -1);
        while (batch.next()) {
          Watched watched = (Watched) batch.attachment();
          int reports = watched.reports.incrementAndGet();
          if (watched.trigger.isOneshot() && reports > watched.armings.get()) {
            throw new AssertionError(
                "fd " + watched.fd + ": " + reports + " reports of " + watched.armings);
          }
        }
        int returned = returns.incrementAndGet();
        if (count == 0 && returned % 3 == 0) {
          int _ = poller.await(batch, 0); // what it finds is given again by the next one
          returns.incrementAndGet();
        }
      }
    } catch (ClosedPollerException e) {
      log.add("closed"); // the end
    } catch (Throwable t) {
      failures.add(t);
    }
  }

  void round() throws Exception {
    log.add("round");
    Thread waker = Thread.ofPlatform().daemon().start(this::makeWakeups);
    Collections.shuffle(all, random);
    List<Watched> expected = new ArrayList<>();
    List<Integer> before = new ArrayList<>();
    for (Watched each : all) {
      int reports = each.reports.get();
      if (change(each)) {
        expected.add(each);
        before.add(reports);
      }
    }
    for (int i = 0; i < expected.size(); i++) {
      Watched each = expected.get(i);
      int reports = before.get(i);
      Deadline.forThe("report of fd " + each.fd + " " + each.trigger)
          .await(() -> each.reports.get() > reports || !failures.isEmpty());
    }
    for (Watched each : all) {
      each.registration.modify(Interest.NONE);
      if (!each.file) {
        io.readAll(each.fd);
        each.ready = false;
      }
    }
    waker.join();
    int returned = returns.get();
    poller.wakeup();
    Deadline.forThe("wake-up").await(() -> returns.get() > returned || !failures.isEmpty());
    assertNoFailure();
  }

  private void makeWakeups() {
    for (int i = 0; i < WAKEUPS; i++) {
      poller.wakeup();
    }
  }

  /** Does something to one of them, in a random order. Whether it must be reported now. */
  private boolean change(Watched each) throws SysException {
    int choice = random.nextInt(6);
    if (choice == 0) {
      return false;
    }
    if (choice == 1) {
      replace(each);
    }
    boolean readyFirst = random.nextBoolean();
    boolean becomesReady = random.nextInt(3) > 0;
    if (becomesReady && readyFirst) {
      makeReady(each);
    }
    log.add("arm " + each.fd);
    each.armings.incrementAndGet();
    each.registration.modify(Interest.READABLE);
    if (becomesReady && !readyFirst) {
      makeReady(each);
    }
    return each.ready;
  }

  private void makeReady(Watched each) {
    if (!each.file) {
      log.add("ready " + each.fd);
      int _ = io.writeNumber(each.fd, 1);
      each.ready = true;
    }
    for (int orphan : orphans) {
      int _ = io.writeNumber(orphan, 1);
    }
  }

  /** Another descriptor takes its place; the old one is removed, or left behind as an orphan. */
  private void replace(Watched each) throws SysException {
    if (each.file) {
      each.registration.remove();
    } else {
      log.add("orphan " + each.fd);
      orphans.add(io.dup(each.fd));
      each.armings.incrementAndGet(); // armed, so that the kernel has an item to leave behind
      each.registration.modify(Interest.READABLE);
      io.close(each.fd);
      each.registration.remove();
      each.fd = io.eventfd(0);
      each.ready = false;
    }
    each.registration = poller.add(each.fd, Interest.NONE, each.trigger, each);
  }

  /** Everybody blocks; then the poller is closed. */
  void finish() throws Exception {
    for (Watched each : all) {
      each.registration.remove();
    }
    Deadline deadline = Deadline.forThe("silence");
    long calls;
    do { // orphans may be met a few more times
      for (Object waiter : waiterIds) {
        kernel.awaitBlocked(waiter, deadline);
      }
      calls = probe.waits();
      long end = System.nanoTime() + SILENCE_NANOS;
      deadline.await(() -> System.nanoTime() > end);
    } while (probe.waits() != calls);
    poller.close();
    for (Thread waiter : waiters) {
      waiter.join();
    }
    assertNoFailure();
  }

  private void assertNoFailure() {
    if (!failures.isEmpty()) {
      throw new AssertionError("in a waiter", failures.peek());
    }
  }
}
