package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.poll.Interest;
import dev.pollux.poll.Registration;
import dev.pollux.poll.Trigger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.logging.Filter;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What handlers, tasks and timers throw, and where it goes; the loop and the batch go on. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.loop.Fixture#all")
class FailureTest extends LoopCase {

  /** What is thrown: exceptions, errors, and one that nobody had to declare. */
  private static List<Supplier<Throwable>> throwables() {
    return Stream.<Supplier<Throwable>>of(
            () -> new IllegalStateException("thrown"),
            () -> new java.io.IOException("thrown"),
            () -> new AssertionError((Object) "thrown"),
            () -> new StackOverflowError("thrown"),
            () -> new OutOfMemoryError("thrown"))
        .toList();
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Throwable thrown) throws T {
    throw (T) thrown;
  }

  private static Runnable throwing(Throwable thrown) {
    return () -> FailureTest.<RuntimeException>sneak(thrown);
  }

  @Test
  void ready_thatThrows_isToldAndTheBatchGoesOn() throws Exception {
    EventLoop loop = open();
    for (Supplier<Throwable> supplier : throwables()) {
      log.clear();
      Throwable thrown = supplier.get();
      Watch bad = watch(loop, "bad");
      Watch worse = watch(loop, "worse");
      bad.onReady = throwing(thrown);
      worse.onReady = throwing(thrown);

      assertEquals(2, loop.runOnce(-1));
      assertEquals(
          List.of("bad", "bad.failed", "worse", "worse.failed"), log.stream().sorted().toList());
      assertSame(thrown, bad.failures.getFirst());
      assertEquals(0, loop.poller().size());
    }
    assertEquals(List.of(), reports);
  }

  @Test
  void close_whenSomebodyElseHasClosedThePoller_tellsTheHandlersOnce() throws Exception {
    EventLoop loop = open();
    Watch watch = watch(loop, "watch", eventfd(0));
    loop.poller().close();
    loop.close();
    loop.close();
    assertEquals(List.of("watch.failed"), log);
    assertTrue(watch.failures.getFirst() instanceof ClosedLoopException);
  }

  @Test
  void add_ofNothing_isRefusedAtOnce() throws Exception {
    EventLoop loop = open();
    int fd = eventfd(0);
    LoopHandler handler = _ -> {};
    assertThrows(
        NullPointerException.class, () -> loop.add(fd, Interest.READABLE, Trigger.LEVEL, null));
    assertThrows(NullPointerException.class, () -> loop.add(fd, null, Trigger.LEVEL, handler));
    assertThrows(NullPointerException.class, () -> loop.add(fd, Interest.READABLE, null, handler));
    Registration added = loop.add(fd, Interest.READABLE, Trigger.LEVEL, handler);
    assertThrows(NullPointerException.class, () -> added.modify(null));
    assertThrows(NullPointerException.class, () -> added.modify(Interest.NONE, null));
    assertEquals(0, loop.runOnce(0), "it waits as before");
  }

  @Test
  void report_ofALayerAbove_goesToTheErrorHandler() throws Exception {
    EventLoop loop = open();
    long before = loop.stats().failures();
    loop.report("a layer above", new IllegalStateException("thrown"));
    assertEquals(1, reports.size(), reports.toString());
    assertTrue(reports.getFirst().startsWith("a layer above: "), reports.toString());
    assertEquals(before + 1, loop.stats().failures());
  }

  @Test
  void event_withoutAHandler_isReportedAndItsRegistrationRemoved() throws Exception {
    EventLoop loop = open();
    int fd = eventfd(1);
    Registration stray = loop.poller().add(fd, Interest.READABLE, Trigger.LEVEL, "no handler");
    Watch good = watch(loop, "good");
    assertEquals(1, loop.runOnce(0));
    assertEquals(List.of("good"), log);
    assertEquals(1, reports.size(), reports.toString());
    assertTrue(reports.getFirst().startsWith("an event without a handler: "), reports.toString());
    assertFalse(stray.isActive());
    assertTrue(good.registration.isActive());
    assertEquals(0, loop.runOnce(0));
  }

  @Test
  void flushAndDispose_thatThrow_areToldAndThePhaseGoesOn() throws Exception {
    EventLoop loop = open();
    for (Supplier<Throwable> supplier : throwables()) {
      log.clear();
      Throwable thrown = supplier.get();
      Watch bad = watch(loop, "bad", eventfd(0));
      Watch good = watch(loop, "good", eventfd(0));
      bad.onFlush = throwing(thrown);
      bad.onDispose = throwing(thrown);
      bad.onFailed = () -> {};
      for (Watch watch : List.of(bad, good)) {
        loop.flushLater(watch);
        loop.closeLater(watch);
      }

      assertEquals(0, loop.runOnce(-1));
      assertEquals(
          List.of(
              "bad.flush", "bad.failed", "good.flush", "bad.dispose", "bad.failed", "good.dispose"),
          log);
      assertEquals(List.of(thrown, thrown), bad.failures);
      bad.release();
      good.release();
    }
    assertEquals(List.of(), reports);
  }

  @Test
  void failed_thatThrows_isReportedAndTheBatchGoesOn() throws Exception {
    EventLoop loop = open();
    for (Supplier<Throwable> supplier : throwables()) {
      log.clear();
      reports.clear();
      for (String name : List.of("a", "b")) {
        Throwable thrown = supplier.get();
        Watch watch = watch(loop, name);
        watch.onReady = throwing(thrown);
        watch.onFailed =
            () -> {
              watch.release();
              throwing(thrown).run(); // the same one again
            };
      }
      assertEquals(2, loop.runOnce(-1));
      assertEquals(4, log.size(), log.toString());
      assertEquals(List.of("a handler: thrown", "a handler: thrown"), reports); // passed on
    }
  }

  /** A lambda has no failed of its own. */
  @Test
  void handler_withoutAFailed_isReportedAndLosesItsRegistration() throws Exception {
    EventLoop loop = open();
    Registration registration =
        loop.add(
            eventfd(1),
            Interest.READABLE,
            Trigger.LEVEL,
            _ -> throwing(new IllegalStateException("thrown")).run());
    assertEquals(1, loop.runOnce(0));
    assertEquals(List.of("a handler: thrown"), reports);
    assertFalse(registration.isActive());
    assertEquals(0, loop.runOnce(0));
  }

  @Test
  void handler_withoutAFailedWhenTheLoopCloses_isNoFailure() throws Exception {
    EventLoop loop = open();
    Registration registration =
        loop.add(eventfd(0), Interest.READABLE, Trigger.LEVEL, _ -> log.add("ready"));
    loop.close();
    assertFalse(registration.isActive());
    assertEquals(List.of(), reports);
    assertEquals(0, loop.stats().failures());
  }

  @Test
  void failed_thatThrowsAnother_bothAreToldAndNeitherIsChanged() throws Exception {
    List<Throwable> told = new ArrayList<>();
    EventLoop loop = open(options().withErrorHandler((l, what, cause) -> told.add(cause)));
    Watch watch = watch(loop, "w");
    RuntimeException first = new IllegalStateException("first");
    watch.onReady = throwing(first);
    watch.onFailed =
        () -> {
          watch.release();
          throw new IllegalStateException("second");
        };
    assertEquals(1, loop.runOnce(-1));
    assertSame(first, told.getFirst());
    assertEquals("second", told.getLast().getMessage());
    assertEquals(2, told.size());
    assertEquals(0, told.getLast().getSuppressed().length, "it may be one that is thrown for ever");
  }

  /** One that is equal to all others, and one that does not bear the question. */
  @Test
  void failed_thatThrowsWhatHasAnEqualsOfItsOwn_endsNothing() throws Exception {
    EventLoop loop = open();
    Watch watch = watch(loop, "w");
    watch.onReady = throwing(new IllegalStateException("first"));
    watch.onFailed =
        () -> {
          watch.release();
          throw new Peculiar();
        };
    assertEquals(1, loop.runOnce(-1));
    assertEquals(List.of("a handler: first", "a handler's failed(): peculiar"), reports);
  }

  @SuppressWarnings("ThrowableEqualsHashCode") // as some languages write them
  private static final class Peculiar extends RuntimeException {
    private static final long serialVersionUID = 1;

    Peculiar() {
      super("peculiar");
    }

    @Override
    public boolean equals(Object other) {
      throw new ClassCastException("asked for equality");
    }

    @Override
    public int hashCode() {
      return 1;
    }
  }

  @Test
  void tasksAndTimers_thatThrow_areReportedAndTheNextRun() throws Exception {
    EventLoop loop = open();
    int _ = loop.runOnce(0);
    for (Supplier<Throwable> supplier : throwables()) {
      log.clear();
      reports.clear();
      loop.execute(throwing(supplier.get()));
      loop.execute(() -> log.add("task"));
      loop.schedule(0, throwing(supplier.get()));
      loop.schedule(0, () -> log.add("timer"));

      assertEquals(4, loop.runOnce(0));
      assertEquals(List.of("task", "timer"), log);
      assertEquals(List.of("a task: thrown", "a timer: thrown"), reports);
    }
  }

  @Test
  void task_thatRecursesForEver_isReportedAndTheLoopGoesOn() throws Exception {
    EventLoop loop = open(options().withErrorHandler((l, what, t) -> log.add(what + t.getClass())));
    loop.execute(
        new Runnable() {
          @Override
          @SuppressWarnings("InfiniteRecursion") // is what it is for
          public void run() {
            run();
          }
        });
    loop.execute(() -> log.add("next"));
    assertEquals(2, loop.runOnce(0));
    assertEquals(List.of("a task" + StackOverflowError.class, "next"), log);
  }

  @Test
  void errorHandler_thatThrows_endsNothing() throws Exception {
    EventLoop loop =
        open(
            options()
                .withErrorHandler((l, what, cause) -> {
                  log.add(what);
                  FailureTest.<RuntimeException>sneak(cause); // rethrows the very same
                }));
    Watch watch = watch(loop, "w");
    watch.onReady = throwing(new IllegalStateException("ready"));
    watch.onFailed =
        () -> {
          watch.release();
          throw new IllegalStateException("failed");
        };
    loop.execute(throwing(new IllegalStateException("task")));
    loop.execute(throwing(new AssertionError((Object) "task")));
    loop.schedule(0, throwing(new IllegalStateException("timer")));

    assertEquals(4, loop.runOnce(-1));
    assertEquals(
        List.of(
            "a task", "a task", "a timer", "w", "w.failed", "a handler", "a handler's failed()"),
        log);
    loop.execute(() -> log.add("next"));
    assertEquals(1, loop.runOnce(0));
    assertEquals("next", log.getLast());
  }

  @Test
  void errorHandler_thatThrows_isLogged() throws Exception {
    List<String> lines = new ArrayList<>();
    Logger logger = Logger.getLogger("dev.pollux.loop");
    Filter filter =
        line -> {
          lines.add(line.getMessage() + " by " + line.getThrown().getMessage());
          return false;
        };
    logger.setFilter(filter);
    try {
      EventLoop loop =
          open(
              options()
                  .withErrorHandler((l, what, cause) -> {
                    throw new IllegalStateException("the handler's own", cause);
                  }));
      loop.execute(throwing(new IllegalStateException("task")));
      assertEquals(1, loop.runOnce(0));
      assertEquals(
          List.of(
              loop + ": a task failed by task",
              loop + ": the error handler failed by the handler's own"),
          lines);
    } finally {
      logger.setFilter(null);
    }
  }

  @Test
  void handlers_thatThrowWhileTheLoopCloses_holdUpNothing() throws Exception {
    EventLoop loop = open();
    for (String name : List.of("a", "b", "c")) {
      Watch watch = watch(loop, name, eventfd(0));
      watch.onFailed =
          () -> {
            watch.release();
            loop.closeLater(watch);
            throw new AssertionError((Object) name);
          };
      watch.onDispose = throwing(new IllegalStateException("dispose"));
    }
    loop.execute(throwing(new AssertionError((Object) "task")));
    loop.close();
    assertEquals(10, reports.size(), reports.toString());
    assertInstanceOf(String.class, reports.getFirst());
  }

  @Test
  void task_thatIsNull_isRefusedAndTheQueueGoesOn() throws Exception {
    EventLoop loop = open();
    org.junit.jupiter.api.Assertions.assertThrows(
        NullPointerException.class, () -> loop.execute(null));
    org.junit.jupiter.api.Assertions.assertThrows(
        NullPointerException.class, () -> loop.offer(null));
    loop.execute(() -> log.add("task"));
    assertEquals(1, loop.runOnce(0));
    assertEquals(List.of("task"), log);
  }
}
