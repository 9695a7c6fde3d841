package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Where a group's threads come from, and what happens when they do not start or do not end. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.loop.Fixture#all")
class LoopGroupThreadsTest extends LoopCase {

  private static final int LOOPS = 60;
  private static final int REFUSED = 16; // the 17th

  /** The threads that a test's factory made. */
  private final List<Thread> made = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void checkThreads() {
    for (Thread thread : made) {
      assertFalse(thread.isAlive(), () -> thread + " is left");
    }
  }

  private Thread make(Runnable task) {
    Thread thread = new Thread(task, "unnamed");
    made.add(thread);
    return thread;
  }

  /** Starts too many loops for a factory; what went wrong. Nothing may be left of them. */
  private Throwable failToStart(ThreadFactory factory) {
    var before = Fixture.openDescriptors(sys);
    LoopOptions options = options().withThreadFactory(factory);
    Throwable thrown =
        assertThrows(Throwable.class, () -> LoopGroup.start(probe.sys(), LOOPS, options));
    assertEquals(before, Fixture.openDescriptors(sys));
    checkThreads();
    assertEquals(List.of(), reports, "no loop was begun");
    return thrown;
  }

  @Test
  void threads_ofAFactory_runTheLoopsUnderTheirNames() throws Exception {
    LoopOptions options = options().withName("web").withThreadFactory(this::make);
    try (LoopGroup group = LoopGroup.start(probe.sys(), 2, options)) {
      for (EventLoop loop : group.loops()) {
        callIn(loop, () -> log.add(Thread.currentThread().getName()));
        callIn(loop, () -> assertTrue(made.contains(Thread.currentThread())));
      }
      assertEquals(List.of("web-0", "web-1"), log);
    }
  }

  @Test
  void start_whenAThreadIsRefused_leavesNothing() {
    OutOfMemoryError refusal = new OutOfMemoryError("unable to create native thread");
    Throwable thrown =
        failToStart(task -> made.size() == REFUSED ? new RefusedThread(task, refusal) : make(task));
    assertSame(refusal, thrown);
    assertEquals(REFUSED, made.size());
  }

  @Test
  void start_whenTheFactoryThrows_leavesNothing() {
    IllegalArgumentException refusal = new IllegalArgumentException("no more");
    Throwable thrown =
        failToStart(task -> {
          if (made.size() == REFUSED) {
            throw refusal;
          }
          return make(task);
        });
    assertSame(refusal, thrown);
  }

  @Test
  @SuppressWarnings("NullAway") // what a factory must not do
  void start_whenTheFactoryMakesNone_leavesNothing() {
    Throwable thrown = failToStart(task -> made.size() == REFUSED ? null : make(task));
    assertEquals(
        "java.lang.IllegalStateException: the thread factory made no thread for loop-16 ("
            + fixture.backend().label()
            + ")",
        thrown.toString());
  }

  @Test
  void start_withVirtualThreads_isRefused() {
    Throwable thrown = failToStart(task -> Thread.ofVirtual().unstarted(task));
    assertTrue(thrown.getMessage().contains("make platform threads"), thrown.getMessage());
  }

  @Test
  void start_withAThreadThatRunsAlready_isRefused() {
    Thread busy = Thread.currentThread();
    assertTrue(failToStart(_ -> busy) instanceof IllegalThreadStateException);
  }

  @Test
  void close_ofALoopWhoseThreadDidNotRunIt_closesIt() throws Exception {
    CountDownLatch mayEnd = new CountDownLatch(1);
    Runnable something = () -> block(new CountDownLatch(1), mayEnd);
    LoopOptions options = options().withThreadFactory(_ -> make(something));
    LoopGroup group = LoopGroup.start(probe.sys(), 2, options);
    mayEnd.countDown();
    group.close();
    assertTrue(group.loops().stream().allMatch(EventLoop::isClosed));
  }

  @Test
  void close_whileATaskBlocks_namesTheLoopAndWhereItIs() throws Exception {
    CountDownLatch mayGoOn = new CountDownLatch(1);
    LoopOptions options = options().withName("worker").withThreadFactory(this::make);
    LoopGroup group = LoopGroup.start(probe.sys(), 3, options);
    CountDownLatch isBlocked = new CountDownLatch(1);
    group.loops().get(1).execute(() -> block(isBlocked, mayGoOn));
    isBlocked.await();
    group.stop();
    join(made.get(0));
    join(made.get(2));
    var e = assertThrows(IllegalStateException.class, () -> group.close(5 * MILLI));
    String message = e.getMessage();
    String blocked = "worker-1 (" + fixture.backend().label() + "), thread worker-1, WAITING:";
    assertTrue(
        message.startsWith("1 of 3 loops did not end within 5 ms:\n  " + blocked + "\n    at "),
        message);
    assertTrue(message.contains("LoopGroupThreadsTest.block("), message);
    assertThrows(IllegalStateException.class, () -> group.close(0));
    mayGoOn.countDown();
    group.close(-1);
    assertTrue(group.loops().stream().noneMatch(loop -> loop.poller().isOpen()));
  }

  private static void block(CountDownLatch isBlocked, CountDownLatch mayGoOn) {
    isBlocked.countDown();
    try {
      mayGoOn.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** A thread that the system has no room for. */
  private static final class RefusedThread extends Thread {
    private final OutOfMemoryError refusal;

    RefusedThread(Runnable task, OutOfMemoryError refusal) {
      super(task);
      this.refusal = refusal;
    }

    @Override
    public void start() {
      throw refusal;
    }
  }
}
