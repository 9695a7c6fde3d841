package dev.pollux.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.LoopHandler;
import dev.pollux.loop.LoopTimer;
import dev.pollux.poll.Event;
import dev.pollux.poll.Interest;
import dev.pollux.poll.Registration;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.SysException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whose turn it is: threads and loops of hosts, the test, and others that have none. */
@Timeout(60)
class SimTurnsTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static String failure(SimRuns runs, SimBody body) {
    return assertThrows(SimFailure.class, () -> runs.run(body)).what();
  }

  /** What is held twice is given back whole for a wait, and is held twice again after it. */
  @Test
  void lockHeldTwice_isHeldTwiceAfterAWait() {
    SimReport _ =
        Sim.seeds(5)
            .run(sim -> {
              List<String> log = new ArrayList<>();
              sim.host("a")
                  .threadDelay(Duration.ZERO)
                  .program(env -> {
                    Lock lock = env.threads().newLock();
                    Condition told = lock.newCondition();
                    boolean[] isTold = {false};
                    Thread _ =
                        env.start(
                            "waits",
                            () -> {
                              lock.lock();
                              try {
                                waitTwice(lock, told, isTold);
                                env.sleep(SECOND.multipliedBy(5)); // and it still has it
                                log.add("has it");
                              } finally {
                                lock.unlock();
                              }
                            });
                    Thread _ =
                        env.start(
                            "tells",
                            () -> {
                              env.sleep(SECOND);
                              tell(lock, told, isTold);
                              env.sleep(SECOND);
                              lock.lock();
                              try {
                                log.add("is next");
                              } finally {
                                lock.unlock();
                              }
                            });
                  });
              sim.eventually(MINUTE, "in order", () -> log.equals(List.of("has it", "is next")));
            });
  }

  private static void waitTwice(Lock lock, Condition told, boolean[] isTold)
      throws InterruptedException {
    lock.lock();
    try {
      while (!isTold[0]) {
        told.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private static void tell(Lock lock, Condition told, boolean[] isTold) {
    lock.lock();
    try {
      isTold[0] = true;
      told.signal();
    } finally {
      lock.unlock();
    }
  }

  /** A thread that the run knows nothing of has no turn in it. */
  @Test
  void threadOfTheProgramsOwn_isRefused() {
    String what =
        failure(
            Sim.seeds(1),
            sim ->
                sim.host("a")
                    .program(env -> {
                      Lock lock = env.threads().newLock();
                      List<Throwable> thrown = new ArrayList<>();
                      Thread foreign =
                          Thread.ofPlatform()
                              .name("foreign")
                              .uncaughtExceptionHandler((_, e) -> thrown.add(e))
                              .start(lock::lock);
                      foreign.join();
                      throw new IllegalStateException(thrown.toString());
                    }));
    assertTrue(what.contains("foreign is no thread of the simulation"), what);
  }

  /** In the turn of a loop no time passes: who can end at once does. */
  @Test
  void join_inALoopsTurn_isOfWhoNeedsNoTime() {
    List<String> log = new ArrayList<>();
    SimReport _ =
        Sim.seeds(1)
            .run(sim ->
                sim.host("a")
                    .threadDelay(SECOND)
                    .program(env -> {
                      LoopTimer _ =
                          env.loop()
                              .schedule(
                                  TimeUnit.SECONDS.toNanos(1),
                                  () -> {
                                    Thread quick =
                                        env.start(
                                            "quick",
                                            () -> {
                                              env.threads().pause(0);
                                              log.add("done");
                                            });
                                    join(env, quick);
                                    log.add("joined at " + sim.elapsed().toSeconds());
                                  });
                    }));
    assertEquals(List.of("done", "joined at 1"), log);
    String what =
        failure(
            Sim.seeds(1),
            sim ->
                sim.host("a")
                    .program(env -> {
                      Thread slow = env.start("slow", () -> env.sleep(MINUTE));
                      LoopTimer _ =
                          env.loop().schedule(TimeUnit.SECONDS.toNanos(1), () -> join(env, slow));
                    }));
    assertTrue(what.contains("slow does not end: who waits for it stands still"), what);
    String busy =
        failure(
            Sim.seeds(1),
            sim ->
                sim.host("a")
                    .program(env -> {
                      Thread idle =
                          env.start(
                              "turns for ever",
                              () -> {
                                while (!Thread.interrupted()) {
                                  env.threads().pause(0);
                                }
                              });
                      LoopTimer _ = env.loop().schedule(0, () -> join(env, idle));
                    }));
    assertTrue(busy.contains("turns for ever does not end"), busy);
  }

  private static void join(Env env, Thread thread) {
    try {
      env.threads().join(thread);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Within the turn of a loop another host's start puts off what is asked of it, and of others. */
  @Test
  void whatAStartWithinATurnAsksFor_comesAfterTheTurn() {
    List<String> log = new ArrayList<>();
    SimReport _ =
        Sim.seeds(1)
            .run(sim -> {
              Host other = sim.host("other");
              Host third = sim.host("third").program(_ -> log.add("third starts"));
              Program ofTheOther =
                  _ -> {
                    third.kill(); // put off, for this is within a turn still
                    log.add("other starts, third is " + (third.isUp() ? "up" : "down"));
                  };
              sim.host("a")
                  .program(env -> env.loop().execute(() -> startAndSay(other, ofTheOther, log)));
              sim.eventually(SECOND, "killed", () -> !third.isUp());
            });
    assertEquals(List.of("third starts", "the turn goes on", "other starts, third is up"), log);
  }

  private static void startAndSay(Host host, Program program, List<String> log) {
    try {
      Host _ = host.program(program);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    log.add("the turn goes on");
  }

  /** Tells somebody when its loop is closed. */
  private record LastWord(Env env, int fd, Runnable word) implements LoopHandler {
    @Override
    public void ready(Event event) {}

    @Override
    public void failed(Throwable cause) {
      int _ = env.loop().sys().close(fd);
      word.run();
    }
  }

  /** Loops are closed at the end of the run: threads that are told of it go on. */
  @Test
  void threadsThatWait_goOnWhenTheLoopsAreClosed() {
    List<String> log = new ArrayList<>();
    SimReport _ =
        Sim.seeds(1)
            .run(sim ->
                sim.host("a")
                    .program(env -> {
                      Lock lock = env.threads().newLock();
                      Condition told = lock.newCondition();
                      boolean[] isTold = {false};
                      int fd = SysException.check("eventfd", env.sys().eventfd(0, 0));
                      Runnable word = () -> tell(lock, told, isTold);
                      Registration _ =
                          env.loop()
                              .add(
                                  fd,
                                  Interest.READABLE,
                                  Trigger.LEVEL,
                                  new LastWord(env, fd, word));
                      Thread _ =
                          env.start(
                              "waits",
                              () -> {
                                lock.lock();
                                try {
                                  while (!isTold[0]) {
                                    told.await();
                                  }
                                  log.add("told");
                                } finally {
                                  lock.unlock();
                                }
                              });
                    }));
    assertEquals(List.of("told"), log);
  }

  /** The lowest of those that fail at the same time is the one that is named. */
  @Test
  void lowestSeed_isNamed_ofThoseThatFailTogether() {
    CyclicBarrier all = new CyclicBarrier(4);
    SimFailure failure =
        assertThrows(
            SimFailure.class,
            () ->
                Sim.seeds(4)
                    .threads(4)
                    .unshrunk()
                    .run(sim -> {
                      meet(all);
                      sim.fail("each of them");
                    }));
    assertEquals(1, failure.seed());
  }

  private static void meet(CyclicBarrier barrier) throws InterruptedException {
    try {
      int _ = barrier.await();
    } catch (BrokenBarrierException e) {
      throw new AssertionError(e);
    }
  }
}
