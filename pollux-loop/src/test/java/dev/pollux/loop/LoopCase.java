package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.model.ModelSys;
import dev.pollux.poll.Interest;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;

/**
 * What the parts of the loop's contract share: a kernel before each test, and the invariants after
 * it. Everything opened here is closed after the test; nothing else may be open then.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
abstract class LoopCase {

  static final long MILLI = 1_000_000;

  @Parameter Fixture fixture;

  /** The kernel itself; loops run on the probe's. */
  Sys sys;

  SysProbe probe;

  /** What the error handler of {@link #options} was told: what and the cause's message. */
  final List<String> reports = Collections.synchronizedList(new ArrayList<>());

  /** What happened, in order. */
  final List<String> log = Collections.synchronizedList(new ArrayList<>());

  private final Set<Integer> owned = new TreeSet<>();
  private final Deque<EventLoop> loops = new ArrayDeque<>();
  private final List<Thread> threads = new ArrayList<>();
  private final Arena arena = Arena.ofShared();
  private SortedMap<Integer, String> openBefore;

  @BeforeEach
  void openKernel() {
    sys = fixture.open();
    probe = new SysProbe(sys);
    openBefore = Fixture.openDescriptors(sys);
  }

  @AfterEach
  void checkInvariants() throws Exception {
    probe.inject((call, arguments) -> null);
    loops.forEach(EventLoop::stop);
    for (Thread thread : threads) {
      join(thread);
    }
    loops.forEach(EventLoop::close);
    owned.forEach(sys::close);
    arena.close();
    assertEquals(openBefore, Fixture.openDescriptors(sys), "open descriptors before and after");
  }

  LoopOptions options() {
    return LoopOptions.DEFAULT
        .withBackend(fixture.backend())
        .withErrorHandler((loop, what, cause) -> reports.add(what + ": " + cause.getMessage()));
  }

  /** A loop on the probe, closed after the test. */
  EventLoop open() throws SysException {
    return open(options());
  }

  EventLoop open(LoopOptions options) throws SysException {
    EventLoop loop = EventLoop.open(probe.sys(), options);
    loops.add(loop);
    return loop;
  }

  /** A thread of the test's, joined after it. */
  Thread start(String name, Runnable body) {
    Thread thread = Thread.ofPlatform().name(name).start(body);
    threads.add(thread);
    return thread;
  }

  /** Runs a loop in a thread of its own until it is stopped. */
  Thread start(EventLoop loop) {
    return start(loop, loop.options().name(), loop);
  }

  /** Hands a loop to a new thread, which does this with it. */
  Thread start(EventLoop loop, String name, Runnable body) {
    Thread thread = Thread.ofPlatform().name(name).unstarted(body);
    loop.handTo(thread);
    thread.start();
    threads.add(thread);
    return thread;
  }

  static void join(Thread thread) throws InterruptedException {
    assertTrue(thread.join(java.time.Duration.ofSeconds(20)), thread.getName() + " has not ended");
  }

  /** Runs in the loop's thread; returns when it is done. */
  static void callIn(EventLoop loop, Runnable body) {
    var done = new java.util.concurrent.CompletableFuture<Void>();
    loop.execute(() -> {
      try {
        body.run();
        done.complete(null);
      } catch (Throwable t) {
        done.completeExceptionally(t);
      }
    });
    done.orTimeout(20, TimeUnit.SECONDS).join();
  }

  /** Returns when a thread sleeps in a system call. */
  void awaitAsleep(Thread thread) {
    if (sys instanceof ModelSys model) {
      Deadline.forThe("sleep of " + thread.getName()).await(() -> model.isBlocked(thread));
    } else {
      Deadline.forThe("sleep of " + thread.getName()).await(() -> Fixture.isAsleep(thread));
    }
  }

  /** An eventfd, closed after the test unless {@link #close} did. */
  int eventfd(int initialValue) {
    return own(sys.eventfd(initialValue, Linux.EFD_NONBLOCK | Linux.EFD_CLOEXEC));
  }

  int own(int fd) {
    if (fd < 0) {
      throw new AssertionError("not opened: " + Errno.name(-fd));
    }
    owned.add(fd);
    return fd;
  }

  void close(int fd) {
    assertTrue(owned.remove(fd), "fd " + fd + " is not this test's");
    assertEquals(0, sys.close(fd));
  }

  /** Makes an eventfd readable. Any thread. */
  void signal(int fd) {
    MemorySegment one = arena.allocate(ValueLayout.JAVA_LONG);
    one.set(ValueLayout.JAVA_LONG, 0, 1);
    assertEquals(Long.BYTES, sys.write(fd, one.address(), Long.BYTES));
  }

  /** Makes an eventfd unreadable. */
  void take(int fd) {
    MemorySegment sink = arena.allocate(ValueLayout.JAVA_LONG);
    assertEquals(Long.BYTES, sys.read(fd, sink.address(), Long.BYTES));
  }

  /**
   * Watches a readable eventfd, level-triggered, with a handler that takes it and logs its name.
   */
  Watch watch(EventLoop loop, String name) throws SysException {
    return watch(loop, name, eventfd(1));
  }

  Watch watch(EventLoop loop, String name, int fd) throws SysException {
    Watch watch = new Watch(this, loop, name, fd);
    watch.registration = loop.add(fd, Interest.READABLE, Trigger.LEVEL, watch);
    return watch;
  }
}
