package dev.pollux.sim;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.net.Blocking;
import dev.pollux.net.BlockingHandler;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.Framing;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.WorkHandler;
import dev.pollux.net.Workers;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Threads of simulated hosts: one runs at a time, and the seed says which. */
class SimThreadsTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final int PORT = 7000;

  private static String failure(SimRuns runs, SimBody body) {
    return assertThrows(SimFailure.class, () -> runs.run(body)).getMessage();
  }

  private static Connection connect(Env env, ConnectionHandler handler) throws Exception {
    return Connection.connect(
        env.loop(), env.at("server", PORT), MINUTE.toNanos(), ConnectionOptions.DEFAULT, handler);
  }

  private static void serve(Sim sim, BlockingHandler handler) throws Exception {
    sim.host("server")
        .program(env ->
            Server.open(env.loop(), ServerOptions.at(env.any(PORT)), Blocking.handlers(handler)));
  }

  // ---- time and order

  @Test
  void sleep_takesTheRunsTime() {
    SimReport _ =
        Sim.seeds(3)
            .repeated()
            .run(sim -> {
              List<Duration> woken = new ArrayList<>();
              sim.host("a")
                  .threadDelay(Duration.ZERO)
                  .program(env ->
                      env.start(
                          "sleeper",
                          () -> {
                            for (int i = 0; i < 3; i++) {
                              env.sleep(MINUTE);
                              woken.add(sim.elapsed());
                            }
                          }));
              sim.eventually(
                  MINUTE.multipliedBy(4),
                  "three minutes",
                  () ->
                      woken.equals(
                          List.of(MINUTE, MINUTE.multipliedBy(2), MINUTE.multipliedBy(3))));
            });
  }

  /** Which of two goes first is the seed's choice. */
  @Test
  void order_isTheSeeds() {
    Set<String> orders = new HashSet<>();
    SimReport _ =
        Sim.seeds(50)
            .repeated()
            .run(sim -> {
              List<String> log = new ArrayList<>();
              sim.host("a")
                  .program(env -> {
                    for (String name : List.of("x", "y", "z")) {
                      Thread _ = env.start(name, () -> log.add(name));
                    }
                  });
              sim.after(SECOND, () -> orders.add(log.toString()));
              sim.eventually(SECOND, "all", () -> log.size() == 3);
            });
    assertEquals(6, orders.size(), orders::toString);
  }

  @Test
  void exceptionOfAThread_isAFailure() {
    String failure =
        failure(
            Sim.seeds(1),
            sim ->
                sim.host("a")
                    .program(env ->
                        env.start(
                            "broken",
                            () -> {
                              env.sleep(SECOND);
                              throw new IllegalStateException("the thread's");
                            })));
    assertTrue(failure.contains("a: broken threw"), failure);
    assertTrue(failure.contains("the thread's"), failure);
  }

  // ---- the blocking style

  @Test
  void blockingEcho_sendsEveryByteBack_andIsTheSameTwice() {
    SimReport report =
        Sim.seeds(50)
            .repeated()
            .run(sim -> {
              sim.link(sim.host("server"), sim.host("client"), LinkOptions.DEFAULT.withLoss(0.05));
              serve(sim, c -> c.input().transferTo(c.output()));
              byte[] text = "hello".repeat(20_000).getBytes(US_ASCII);
              byte[][] heard = {null};
              sim.host("client")
                  .program(env ->
                      connect(
                          env,
                          Blocking.handler(c -> {
                            Thread reader =
                                env.start("reader", () -> heard[0] = c.input().readAllBytes());
                            c.output().write(text);
                            c.output().close();
                            env.threads().join(reader);
                          })));
              sim.eventually(
                  MINUTE, "all of it", () -> heard[0] != null && heard[0].length == text.length);
            });
    assertTrue(report.faults().get("LOSS") > 0);
  }

  @Test
  void readTimeout_isTheRunsTime() {
    SimReport _ =
        Sim.seeds(3)
            .run(sim -> {
              List<String> log = new ArrayList<>();
              serve(
                  sim,
                  c -> {
                    c.setReadTimeout(SECOND.multipliedBy(10).toNanos());
                    assertThrows(SocketTimeoutException.class, () -> c.input().read());
                    log.add("after " + sim.elapsed().toSeconds());
                  });
              sim.host("client")
                  .program(env -> connect(env, (_, data) -> data.position(data.limit())));
              sim.eventually(MINUTE, "told", () -> log.equals(List.of("after 10")));
            });
  }

  /** A thread that reads hears of the crash of its peer, and of its own host nothing. */
  @Test
  void crashAndKill_endTheThreads() {
    SimReport _ =
        Sim.seeds(10)
            .repeated()
            .run(sim -> {
              List<String> log = new ArrayList<>();
              serve(
                  sim,
                  c -> {
                    try {
                      int _ = c.input().read();
                      log.add("read");
                    } catch (IOException e) {
                      log.add("told");
                    }
                  });
              List<Thread> threads = new ArrayList<>();
              Host client = sim.host("client");
              client.program(env -> {
                Connection _ = connect(env, Blocking.handler(c -> c.input().read()));
                threads.add(
                    env.start(
                        "sleeper",
                        () -> {
                          env.sleep(MINUTE);
                          log.add("slept");
                        }));
              });
              boolean isCrash = sim.seed() % 2 == 0;
              sim.after(
                  SECOND,
                  () -> {
                    if (isCrash) {
                      client.crash();
                    } else {
                      client.kill();
                    }
                    assertFalse(threads.getFirst().isAlive());
                  });
              sim.after(
                  MINUTE.multipliedBy(2),
                  () -> assertEquals(isCrash ? List.of() : List.of("read"), log));
            });
  }

  // ---- workers

  private static final class Asker implements ConnectionHandler {
    final StringBuilder heard = new StringBuilder();

    @Override
    public void received(Connection connection, ByteBuffer data) {
      heard.append(US_ASCII.decode(data));
    }
  }

  /** Three workers, each of which takes its time, and are closed after two minutes. */
  private static void serveByWorkers(Sim sim, List<String> done, long[] closed) throws Exception {
    Host server = sim.host("server");
    server.program(env -> {
      Workers workers = Workers.of(env.threads(), Thread.ofVirtual().name("worker-", 0), 3, 10);
      WorkHandler handler =
          (request, reply) -> {
            String text = US_ASCII.decode(request).toString();
            env.sleep(Duration.ofMillis(env.random().nextInt(100)));
            done.add(text);
            reply.write(US_ASCII.encode(text));
          };
      Server _ =
          Server.open(
              env.loop(),
              ServerOptions.at(env.any(PORT)),
              workers.handlers(Framing.lines(100), handler));
      Thread _ =
          env.start(
              "main",
              () -> {
                env.sleep(MINUTE.multipliedBy(2));
                workers.close(); // which waits for its threads
                closed[0] = workers.stats().doneCount();
              });
    });
  }

  /** What a host has queued when it crashes nobody does. */
  @Test
  void workersOfACrashedHost_doNothingMore() {
    SimReport _ =
        Sim.seeds(3)
            .run(sim -> {
              List<String> begun = new ArrayList<>();
              Host server = sim.host("server");
              server.program(env -> {
                Workers workers = Workers.of(env.threads(), Thread.ofVirtual(), 1, 10);
                WorkHandler handler =
                    (request, _) -> {
                      begun.add(US_ASCII.decode(request).toString());
                      env.sleep(MINUTE);
                    };
                Server _ =
                    Server.open(
                        env.loop(),
                        ServerOptions.at(env.any(PORT)),
                        workers.handlers(Framing.lines(100), handler));
              });
              for (String name : List.of("x", "y", "z")) {
                sim.host(name)
                    .program(env -> {
                      Connection connection = connect(env, new Asker());
                      var _ = connection.write((name + "\n").getBytes(US_ASCII));
                    });
              }
              sim.after(SECOND.multipliedBy(5), server::crash);
              sim.after(MINUTE.multipliedBy(5), () -> assertEquals(1, begun.size()));
            });
  }

  /** Who is done first is the seed's choice; the answers of a connection are in order. */
  @Test
  void workers_answerInOrder() {
    Set<String> orders = new HashSet<>();
    SimReport _ =
        Sim.seeds(40)
            .repeated()
            .run(sim -> {
              List<String> done = new ArrayList<>();
              long[] closed = {0};
              serveByWorkers(sim, done, closed);
              List<Asker> askers = new ArrayList<>();
              for (String name : List.of("x", "y", "z")) {
                Asker asker = new Asker();
                askers.add(asker);
                sim.host(name)
                    .program(env -> {
                      Connection connection = connect(env, asker);
                      var _ = connection.write((name + "1\n" + name + "2\n").getBytes(US_ASCII));
                    });
              }
              sim.eventually(
                  MINUTE,
                  "all are answered",
                  () ->
                      List.of("x1\nx2\n", "y1\ny2\n", "z1\nz2\n")
                          .equals(askers.stream().map(a -> a.heard.toString()).toList()));
              sim.after(MINUTE, () -> orders.add(done.toString()));
              sim.eventually(
                  MINUTE.multipliedBy(3), "the workers have ended", () -> closed[0] == 6);
            });
    assertTrue(orders.size() > 10, orders::toString);
  }
}
