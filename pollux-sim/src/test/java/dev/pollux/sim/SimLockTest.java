package dev.pollux.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Test;

/** What threads of simulated hosts wait by, and how their waits end. */
class SimLockTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** Starts a thread that does something with the lock. */
  private static Thread startWith(Env env, Lock lock, String name, Action action) {
    return env.start(name, () -> locked(lock, action));
  }

  private static void locked(Lock lock, Action action) throws Exception {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }

  private static String failure(SimRuns runs, SimBody body) {
    return assertThrows(SimFailure.class, () -> runs.run(body)).getMessage();
  }

  @Test
  void lockAndCondition_areWaitedFor() {
    SimReport _ =
        Sim.seeds(20)
            .repeated()
            .run(sim -> {
              List<Integer> taken = new ArrayList<>();
              int[] inside = {0};
              sim.host("a")
                  .program(env -> {
                    Lock lock = env.threads().newLock();
                    Condition filled = lock.newCondition();
                    ArrayList<Integer> queue = new ArrayList<>();
                    for (int i = 0; i < 3; i++) {
                      Thread _ =
                          startWith(
                              env,
                              lock,
                              "taker-" + i,
                              () -> {
                                while (queue.isEmpty()) {
                                  filled.await();
                                }
                                assertEquals(0, inside[0]++);
                                env.sleep(SECOND); // with the lock
                                taken.add(queue.removeFirst());
                                inside[0]--;
                              });
                    }
                    Thread _ =
                        env.start(
                            "filler",
                            () -> {
                              for (int i = 0; i < 3; i++) {
                                int number = i;
                                locked(
                                    lock,
                                    () -> {
                                      queue.add(number);
                                      filled.signal();
                                    });
                              }
                            });
                  });
              sim.eventually(MINUTE, "in order", () -> taken.equals(List.of(0, 1, 2)));
            });
  }

  @Test
  @SuppressWarnings("WaitNotInLoop") // how these waits end is what is looked at
  void waits_endByTime_orByAnInterrupt() {
    SimReport _ =
        Sim.seeds(5)
            .run(sim -> {
              List<String> log = new ArrayList<>();
              sim.host("a")
                  .threadDelay(Duration.ZERO)
                  .program(env -> {
                    Lock lock = env.threads().newLock();
                    Condition never = lock.newCondition();
                    Thread waiting =
                        startWith(
                            env,
                            lock,
                            "waits",
                            () -> {
                              log.add("left " + never.awaitNanos(SECOND.toNanos()));
                              log.add("signalled " + never.await(1, TimeUnit.SECONDS));
                              assertThrows(InterruptedException.class, never::await);
                              log.add("interrupted at " + sim.elapsed());
                              Thread.currentThread().interrupt();
                              assertThrows(InterruptedException.class, () -> env.sleep(MINUTE));
                            });
                    Thread _ =
                        env.start(
                            "interrupts",
                            () -> {
                              env.sleep(SECOND.multipliedBy(5));
                              waiting.interrupt();
                              env.threads().join(waiting);
                              log.add("joined at " + sim.elapsed());
                            });
                  });
              sim.after(MINUTE, () -> sim.note(log.toString()));
              sim.eventually(
                  MINUTE,
                  "as it was told",
                  () ->
                      log.equals(
                          List.of(
                              "left 0",
                              "signalled false",
                              "interrupted at PT5S",
                              "joined at PT5S")));
            });
  }

  /** They are more than the machine has processors. */
  @Test
  void interruptedThreads_thatWaitForALock_holdUpNobody() {
    SimReport _ =
        Sim.seeds(2)
            .repeated()
            .run(sim -> {
              int[] done = {0};
              sim.host("a")
                  .program(env -> {
                    Lock lock = env.threads().newLock();
                    Thread _ = env.start("has it", () -> locked(lock, () -> env.sleep(MINUTE)));
                    for (int i = 0; i < 64; i++) {
                      Thread _ =
                          env.start(
                              "waits-" + i,
                              () -> {
                                env.threads().pause(SECOND.toNanos());
                                Thread.currentThread().interrupt();
                                locked(
                                    lock,
                                    () -> {
                                      assertTrue(Thread.interrupted());
                                      done[0]++;
                                    });
                              });
                    }
                  });
              sim.eventually(MINUTE.multipliedBy(2), "all had it", () -> done[0] == 64);
            });
  }

  /** A signal is for who still waits. */
  @Test
  @SuppressWarnings("WaitNotInLoop") // how these waits end is what is looked at
  void signal_isNotLostOnOneWhoseTimeIsOver() {
    SimReport _ =
        Sim.seeds(5)
            .run(sim -> {
              List<String> log = new ArrayList<>();
              sim.host("a")
                  .threadDelay(Duration.ZERO)
                  .program(env -> {
                    Lock lock = env.threads().newLock();
                    Condition condition = lock.newCondition();
                    Thread _ =
                        startWith(
                            env,
                            lock,
                            "timed",
                            () -> {
                              log.add("timed " + condition.await(1, TimeUnit.SECONDS));
                            });
                    Thread _ =
                        env.start(
                            "patient",
                            () -> {
                              env.sleep(Duration.ofMillis(1));
                              locked(
                                  lock,
                                  () -> {
                                    condition.await();
                                    log.add("patient");
                                  });
                            });
                    Thread _ =
                        env.start(
                            "signals",
                            () -> {
                              env.sleep(Duration.ofMillis(500));
                              locked(
                                  lock,
                                  () -> {
                                    env.sleep(SECOND);
                                    condition.signal();
                                  });
                            });
                  });
              sim.eventually(
                  MINUTE, "both", () -> log.contains("timed false") && log.contains("patient"));
            });
  }

  /** The test may wait for a thread: meanwhile time passes. */
  @Test
  void join_inAnAction_letsTimePass() {
    SimReport _ =
        Sim.seeds(3)
            .run(sim -> {
              List<Long> joined = new ArrayList<>();
              sim.host("a")
                  .threadDelay(Duration.ZERO)
                  .program(env -> {
                    Thread _ =
                        env.start(
                            "ticks",
                            () -> {
                              for (int i = 0; i < 100; i++) {
                                env.sleep(SECOND);
                              }
                            });
                    Thread sleeper = env.start("sleeps", () -> env.sleep(SECOND.multipliedBy(10)));
                    env.after(
                        SECOND.multipliedBy(5),
                        () -> {
                          env.threads().join(sleeper);
                          joined.add(sim.elapsed().toSeconds());
                        });
                  });
              sim.eventually(MINUTE, "joined", () -> joined.equals(List.of(10L)));
            });
  }

  /** A loop that would wait for a thread stands still, with all its connections. */
  @Test
  void loopThatWaits_isFound() {
    String failure =
        failure(
            Sim.seeds(1),
            sim ->
                sim.host("a")
                    .program(env -> {
                      Lock lock = env.threads().newLock();
                      Thread _ =
                          startWith(
                              env,
                              lock,
                              "slow",
                              () -> {
                                env.sleep(SECOND);
                              });
                      var _ = env.loop().schedule(SECOND.toNanos() / 2, lock::lock);
                    }));
    assertTrue(failure.contains("a: a loop would stand still in a lock that slow has"), failure);
  }

  /** One waits for a condition, another one has its lock and sleeps. */
  @Test
  @SuppressWarnings("WaitNotInLoop") // nobody signals it
  void crash_ofThreadsWithALock_isNoFailure() {
    SimReport _ =
        Sim.seeds(3)
            .run(sim -> {
              Host host = sim.host("a");
              boolean[] sleeps = {false};
              host.program(env -> {
                Lock lock = env.threads().newLock();
                Condition never = lock.newCondition();
                Thread _ =
                    startWith(
                        env,
                        lock,
                        "waits",
                        () -> {
                          never.awaitUninterruptibly();
                        });
                Thread _ =
                    env.start(
                        "sleeps",
                        () -> {
                          env.sleep(SECOND);
                          locked(
                              lock,
                              () -> {
                                sleeps[0] = true;
                                env.sleep(MINUTE);
                              });
                        });
              });
              sim.after(SECOND.multipliedBy(5), host::crash);
              sim.eventually(SECOND.multipliedBy(10), "crashed", () -> sleeps[0] && !host.isUp());
            });
  }
}
