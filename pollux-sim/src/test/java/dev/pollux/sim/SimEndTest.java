package dev.pollux.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.LoopTimer;
import dev.pollux.net.Blocking;
import dev.pollux.net.BlockingConnection;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionObserver;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.WriteResult;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How runs end: those that something holds up, and those that somebody ends. */
@Timeout(60)
class SimEndTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final int PORT = 7000;
  private static final ConnectionHandler SINK = (_, data) -> data.position(data.limit());

  private static String failure(SimRuns runs, SimBody body) {
    return assertThrows(SimFailure.class, () -> runs.run(body)).what();
  }

  // ---- what waits for a thread

  @Test
  void properties_areHeldWhileAnActionJoins() {
    SimBody body =
        sim -> {
          boolean[] isBad = {false};
          Host _ =
              sim.host("a")
                  .program(env -> {
                    Thread thread =
                        env.start(
                            "bad for a second",
                            () -> {
                              env.sleep(SECOND.multipliedBy(2));
                              isBad[0] = true;
                              env.sleep(SECOND);
                              isBad[0] = false;
                            });
                    env.after(SECOND, () -> env.threads().join(thread));
                  });
          sim.always("never bad", () -> !isBad[0]);
        };
    assertEquals("not always: never bad", failure(Sim.seeds(1), body));
  }

  /** A timer ticks, so that something always happens. */
  @Test
  void join_ofOneThatWaitsForEver_endsWithTheRun() {
    SimBody body =
        sim -> {
          Host _ =
              sim.host("a")
                  .program(env -> {
                    Lock lock = env.threads().newLock();
                    Condition never = lock.newCondition();
                    Thread thread =
                        env.start(
                            "waits",
                            () -> {
                              lock.lock();
                              while (true) {
                                never.await();
                              }
                            });
                    long tick = SECOND.toNanos();
                    LoopTimer _ = env.loop().scheduleAtFixedRate(tick, tick, () -> {});
                    env.after(SECOND, () -> env.threads().join(thread));
                  });
        };
    String what = failure(Sim.seeds(1).lasting(Duration.ofMinutes(1)), body);
    assertTrue(what.contains("waits does not end"), what);
    SimBody late =
        sim -> {
          body.run(sim);
          sim.eventually(SECOND.multipliedBy(5), "what never is", () -> false);
        };
    assertEquals("not in time: what never is", failure(Sim.seeds(1), late));
  }

  /** Who catches it, or is told of it, has a loop that stood still all the same. */
  @Test
  void loopThatWouldStandStill_isAFailure_whoeverIsTold() {
    ConnectionObserver told =
        new ConnectionObserver() {
          @Override
          public void failed(Connection connection, String what, Throwable thrown) {}
        };
    ConnectionOptions options = ConnectionOptions.DEFAULT.withObserver(told);
    SimBody body =
        sim -> {
          Host _ =
              sim.host("server")
                  .program(env -> {
                    Lock lock = env.threads().newLock();
                    Thread _ =
                        env.start(
                            "has the lock",
                            () -> {
                              lock.lock();
                              try {
                                env.sleep(SECOND.multipliedBy(8));
                              } finally {
                                lock.unlock();
                              }
                            });
                    ConnectionHandler handler =
                        (_, data) -> {
                          lock.lock();
                          try {
                            data.position(data.limit());
                          } finally {
                            lock.unlock();
                          }
                        };
                    Server _ =
                        Server.open(
                            env.loop(),
                            ServerOptions.at(env.any(PORT)).withConnection(options),
                            _ -> handler);
                  });
          Host _ =
              sim.host("client")
                  .program(env -> {
                    WriteResult _ = connect(env, SINK).write("hello");
                  });
        };
    String what = failure(Sim.seeds(1), body);
    assertTrue(what.contains("server: a loop would stand still in "), what);
  }

  private static Connection connect(Env env, ConnectionHandler handler) throws Exception {
    return Connection.connect(
        env.loop(),
        env.at("server", PORT),
        TimeUnit.SECONDS.toNanos(5),
        ConnectionOptions.DEFAULT,
        handler);
  }

  // ---- threads at the end of the run

  @Test
  void threadThatReads_whenTheRunIsOver_isNoFailure() {
    SimReport report =
        Sim.seeds(1)
            .lasting(SECOND.multipliedBy(10))
            .run(sim -> {
              Host _ =
                  sim.host("server")
                      .program(env ->
                          Server.open(env.loop(), ServerOptions.at(env.any(PORT)), _ -> SINK));
              Host _ =
                  sim.host("client")
                      .program(env -> {
                        Connection _ = connect(env, new ReadOnAThread(env));
                      });
            });
    assertEquals(1, report.runs());
  }

  private record ReadOnAThread(Env env) implements ConnectionHandler {
    @Override
    public void opened(Connection connection) {
      BlockingConnection blocking = Blocking.over(connection);
      Thread _ =
          env.start(
              "reader",
              () -> {
                int _ = blocking.input().read();
              });
    }

    @Override
    public void received(Connection connection, ByteBuffer data) {}
  }

  // ---- who runs the test is interrupted

  @Test
  void interrupt_endsTheRuns() {
    AtomicInteger runs = new AtomicInteger();
    SimBody body =
        _ -> {
          if (runs.incrementAndGet() == 3) {
            Thread.currentThread().interrupt();
          }
        };
    IllegalStateException thrown =
        assertThrows(IllegalStateException.class, () -> Sim.seeds(200).run(body));
    assertTrue(Thread.interrupted(), "it stays interrupted");
    assertEquals("interrupted; not all of the runs were made", thrown.getMessage());
    assertEquals(3, runs.get());
  }

  /** It is nobody's failure, and leaves no thread behind. */
  @Test
  void interrupt_whereThreadsRun_blamesNoSeed() {
    Set<Thread> threads = new HashSet<>();
    SimBody body =
        sim -> {
          Host _ =
              sim.host("a")
                  .program(env -> {
                    for (int i = 0; i < 3; i++) {
                      Thread.Builder builder = Thread.ofPlatform().daemon();
                      threads.add(env.threads().start(builder, () -> sleep(env)));
                    }
                  });
          sim.after(SECOND, Thread.currentThread()::interrupt);
        };
    RuntimeException thrown = assertThrows(RuntimeException.class, () -> Sim.seeds(3).run(body));
    assertTrue(Thread.interrupted(), "it stays interrupted");
    assertInstanceOf(IllegalStateException.class, thrown);
    assertFalse(threads.isEmpty());
    for (Thread thread : threads) {
      assertFalse(thread.isAlive(), thread::getName);
    }
  }

  private static void sleep(Env env) {
    try {
      env.sleep(Duration.ofHours(1));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  // ---- what a test takes for granted

  private static final class NotSo extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  @Test
  void runThatThrowsAnAssumption_isGivenUp_inTheSetUp_anAction_orATask() {
    SimBody body =
        sim -> {
          Host host = sim.host("a");
          if (sim.seed() == 1) {
            throw new NotSo(); // and the host is never started
          }
          Host _ =
              host.program(env -> {
                if (sim.seed() == 2) {
                  env.loop()
                      .execute(() -> {
                        throw new NotSo();
                      });
                }
              });
          if (sim.seed() == 3) {
            sim.after(
                SECOND,
                () -> {
                  throw new NotSo();
                });
          }
        };
    SimReport report = Sim.seeds(5).givingUpOn(NotSo.class).run(body);
    assertEquals(5, report.runs());
    assertEquals(3, report.givenUp());
    assertTrue(failure(Sim.seeds(5), body).contains("NotSo"), "unless nobody asks for that");
    SimFailure all =
        assertThrows(
            SimFailure.class,
            () ->
                Sim.seeds(2)
                    .givingUpOn(NotSo.class)
                    .run(_ -> {
                      throw new NotSo();
                    }));
    assertInstanceOf(NotSo.class, all.getCause());
  }
}
