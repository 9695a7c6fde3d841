package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.poll.Event;
import dev.pollux.poll.Interest;
import dev.pollux.poll.Trigger;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Whose a loop is, and what everybody else is told. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.loop.Fixture#all")
class LoopOwnerTest extends LoopCase {

  private static final LoopHandler NOTHING =
      new LoopHandler() {
        @Override
        public void ready(Event event) {}
      };

  private static final LoopLocal<List<String>> LOCAL = new LoopLocal<>(_ -> List.of());

  @Test
  void open_byAThread_makesItTheOwner() throws Exception {
    EventLoop one = open();
    EventLoop two = open();
    assertTrue(one.inLoop() && two.inLoop());
    assertTrue(one.isOwned());
    assertEquals(0, one.runOnce(0) + two.runOnce(0));
    join(start("other", () -> log.add(one.inLoop() + " " + two.inLoop())));
    assertEquals(List.of("false false"), log);
  }

  @Test
  void everyCallOfTheOwners_onAnotherThread_isRefusedWithBothNames() throws Exception {
    EventLoop loop = open();
    int fd = eventfd(0);
    start(loop);
    List<Executable> calls =
        List.of(
            loop::run,
            () -> loop.runOnce(0),
            loop::close,
            loop::takeOver,
            loop::nowNanos,
            loop::progressed,
            () -> loop.handTo(Thread.currentThread()),
            () -> loop.requireInLoop("mine"),
            () -> loop.add(fd, Interest.READABLE, Trigger.LEVEL, NOTHING),
            () -> loop.addExclusive(fd, Interest.READABLE, Trigger.LEVEL, NOTHING),
            () -> loop.flushLater(NOTHING),
            () -> loop.closeLater(NOTHING),
            () -> LOCAL.of(loop));
    for (Executable call : calls) {
      String message = assertThrows(IllegalStateException.class, call).getMessage();
      assertTrue(message.contains("thread " + Thread.currentThread().getName()), message);
      assertTrue(message.contains("belongs to thread loop"), message);
      assertTrue(message.endsWith("use execute"), message);
    }
    callIn(loop, () -> log.add("pending " + loop.poller().size()));
    assertEquals(List.of("pending 0"), log);
  }

  @Test
  void handTo_beforeTheThreadIsStarted_leavesNoMomentWithTwoOwners() throws Exception {
    for (int round = 0; round < 100; round++) {
      EventLoop loop = open();
      AtomicInteger owners = new AtomicInteger();
      Thread thread =
          start(
              loop,
              "loop",
              () -> {
                owners.addAndGet(loop.inLoop() ? 1 : 0);
                loop.run();
              });
      owners.addAndGet(loop.inLoop() ? 1 : 0);
      join(start("other", () -> owners.addAndGet(loop.inLoop() ? 1 : 0)));
      loop.stop();
      join(thread);
      owners.addAndGet(loop.inLoop() ? 1 : 0);
      assertEquals(1, owners.get());
      loop.close();
    }
  }

  @Test
  void handTo_withinATurnOrToAThreadThatHasEnded_isRefused() throws Exception {
    EventLoop loop = open();
    Thread ended = start("ended", () -> {});
    join(ended);
    assertThrows(IllegalArgumentException.class, () -> loop.handTo(ended));
    Thread virtual = Thread.ofVirtual().unstarted(loop);
    var refusal = assertThrows(IllegalArgumentException.class, () -> loop.handTo(virtual));
    assertTrue(refusal.getMessage().contains("make a platform thread"), refusal.getMessage());
    loop.execute(() -> {
      var e = assertThrows(IllegalStateException.class, () -> loop.handTo(ended));
      log.add(e.getMessage());
    });
    assertEquals(1, loop.runOnce(0));
    assertTrue(log.getFirst().contains("is within a turn"), log.getFirst());
    assertTrue(loop.inLoop());
  }

  @Test
  void handTo_andBack_showsEachOwnerWhatTheOtherDid() throws Exception {
    EventLoop loop = open();
    Thread here = Thread.currentThread();
    loop.flushLater(named("first"));
    Thread there =
        start(
            loop,
            "there",
            () -> {
              turn(loop);
              loop.flushLater(named("second"));
              loop.handTo(here);
            });
    join(there);
    assertTrue(loop.inLoop());
    assertEquals(0, loop.runOnce(0));
    assertEquals(List.of("first on there", "second on " + here.getName()), log);
  }

  @Test
  void loopWhoseThreadHasEnded_belongsToNobodyUntilTakenOver() throws Exception {
    EventLoop loop = open();
    Thread thread = start(loop);
    loop.stop();
    join(thread);
    assertFalse(loop.isOwned());
    AtomicInteger refused = new AtomicInteger();
    for (int i = 0; i < 4; i++) {
      Thread other =
          start(
              "other",
              () -> {
                var e = assertThrows(IllegalStateException.class, () -> loop.flushLater(NOTHING));
                refused.addAndGet(e.getMessage().contains("which has ended") ? 1 : 0);
                refused.addAndGet(loop.inLoop() ? 100 : 0);
              });
      join(other);
    }
    assertEquals(4, refused.get());
    loop.execute(() -> log.add("accepted"));
    loop.takeOver();
    loop.takeOver(); // has it already
    assertTrue(loop.inLoop());
    assertEquals(1, loop.runOnce(0));
    assertEquals(List.of("accepted"), log);
  }

  @Test
  void close_ofALoopWhoseThreadNeverStarted_takesOverAndRunsWhatIsQueued() throws Exception {
    EventLoop loop = open();
    Thread never = Thread.ofPlatform().name("never").unstarted(loop);
    loop.handTo(never);
    var e = assertThrows(IllegalStateException.class, () -> loop.runOnce(0));
    assertTrue(e.getMessage().contains("thread never, which was not started"), e.getMessage());
    loop.execute(() -> log.add("accepted"));
    join(start("closer", loop::close));
    assertEquals(List.of("accepted"), log);
    never.start(); // finds that it is too late
    join(never);
  }

  /** Two who come at once, and the thread that the loop was handed to is started meanwhile. */
  @Test
  void takeOver_byTwoWhileTheOwnerStarts_leavesOneOwner() throws Exception {
    for (int round = 0; round < 200; round++) {
      EventLoop loop = open();
      CyclicBarrier begin = new CyclicBarrier(3);
      CyclicBarrier end = new CyclicBarrier(3);
      AtomicInteger owners = new AtomicInteger();
      Runnable atEnd =
          () -> {
            pass(end); // who has it must live, or another may have it
            owners.addAndGet(loop.inLoop() ? 1 : 0);
            pass(end);
          };
      Thread handed = Thread.ofPlatform().name("handed").unstarted(atEnd);
      loop.handTo(handed);
      Runnable taker =
          () -> {
            pass(begin);
            try {
              loop.takeOver();
            } catch (IllegalStateException _) {
              // another one was quicker
            }
            atEnd.run();
          };
      Thread one = start("one", taker);
      Thread two = start("two", taker);
      pass(begin);
      handed.start();
      for (Thread thread : List.of(one, two, handed)) {
        join(thread);
      }
      assertEquals(1, owners.get());
      loop.close();
    }
  }

  private LoopHandler named(String name) {
    return new LoopHandler() {
      @Override
      public void ready(Event event) {}

      @Override
      public void flush() {
        log.add(name + " on " + Thread.currentThread().getName());
      }
    };
  }

  private static void turn(EventLoop loop) {
    try {
      int _ = loop.runOnce(0);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void pass(CyclicBarrier barrier) {
    try {
      int _ = barrier.await(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
