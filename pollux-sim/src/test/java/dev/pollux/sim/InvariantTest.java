package dev.pollux.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.LoopTimer;
import dev.pollux.model.PlantedLoss;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.DatagramEndpoint;
import dev.pollux.net.DatagramOptions;
import dev.pollux.net.PlantedLeak;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.WriteResult;
import dev.pollux.sys.Sys;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is held of every run: whoever breaks it is found, or allowed to by its name. */
class InvariantTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final int PORT = 7000;

  private static void assertFound(Invariant invariant, String what, SimBody body) {
    SimFailure failure =
        assertThrows(SimFailure.class, () -> Sim.seeds(1).run(body), invariant::name);
    assertTrue(failure.what().contains(what), failure.what());
    assertTrue(failure.what().endsWith("(" + invariant + ")"), failure.what());
    assertEquals(1, Sim.seeds(1).without(invariant).run(body).runs());
  }

  @Test
  void memory_thatConnectionsKeep_isFound() {
    assertFound(
        Invariant.MEMORY,
        "a's connections have kept 256 bytes",
        sim -> sim.host("a").program(env -> PlantedLeak.of(env.loop())));
  }

  /** As a program does that sets one for each connection, and forgets it. */
  @Test
  void timers_thatGather_areFound() {
    assertFound(
        Invariant.TIMERS,
        "a's loops have 140 timers more than after its start",
        sim -> {
          Host _ = sim.host("a").program(env -> setTimers(env, 7));
          sim.after(SECOND, () -> setTimersOf(sim.host("a"), 140));
          sim.after(SECOND.multipliedBy(2), sim::end);
        });
  }

  @Test
  void timers_aFew_orOfTheStart_areNoLeak() {
    SimReport report =
        Sim.seeds(1)
            .run(sim -> {
              Host host = sim.host("a").program(env -> setTimers(env, 1_000));
              sim.after(SECOND, () -> setTimersOf(host, 100));
              sim.after(SECOND.multipliedBy(2), sim::end);
            });
    assertEquals(1, report.runs());
  }

  private static void setTimersOf(Host host, int count) {
    for (Seat seat : host.seats()) {
      if (seat instanceof LoopSeat of) {
        for (int i = 0; i < count; i++) {
          LoopTimer _ = of.loop.schedule(TimeUnit.HOURS.toNanos(1), () -> {});
        }
      }
    }
  }

  private static void setTimers(Env env, int count) {
    for (int i = 0; i < count; i++) {
      LoopTimer _ = env.loop().schedule(TimeUnit.HOURS.toNanos(1), () -> {});
    }
  }

  /** A kernel that takes word of what is to be watched, and watches nothing. */
  private static Sys blind(Sys kernel) {
    InvocationHandler handler =
        (_, method, arguments) ->
            method.getName().equals("epollCtl") ? 0 : method.invoke(kernel, arguments);
    return (Sys)
        Proxy.newProxyInstance(Sys.class.getClassLoader(), new Class<?>[] {Sys.class}, handler);
  }

  /** As of a wake-up that was lost: nothing is wrong, but that nothing happens. */
  @Test
  void connection_thatNobodyTakes_isFound() {
    assertFound(
        Invariant.NOTHING_PENDING,
        "server leaves unread for ever: {5=tcp-listener}",
        sim -> {
          Host _ = sim.host("server").between(InvariantTest::blind).program(InvariantTest::listen);
          Host _ = sim.host("client").program(InvariantTest::sendHello);
        });
  }

  private static void listen(Env env) throws Exception {
    Server _ =
        Server.open(
            env.loop(),
            ServerOptions.at(env.any(PORT)),
            _ -> (_, data) -> data.position(data.limit()));
  }

  private static void sendHello(Env env) throws Exception {
    Connection connection =
        Connection.connect(
            env.loop(),
            env.at("server", PORT),
            TimeUnit.SECONDS.toNanos(10),
            ConnectionOptions.DEFAULT,
            (_, data) -> data.position(data.limit()));
    WriteResult _ = connection.write("hello");
  }

  @Test
  void datagramWithoutBytes_thatNobodyTakes_isFound() {
    assertFound(
        Invariant.NOTHING_PENDING,
        "server leaves unread for ever: {5=udp}",
        sim -> {
          Host _ =
              sim.host("server")
                  .between(InvariantTest::blind)
                  .program(env -> openEndpoint(env, PORT));
          Host _ =
              sim.host("client")
                  .program(env -> {
                    DatagramEndpoint endpoint = openEndpoint(env, 0);
                    env.after(
                        SECOND,
                        () -> {
                          boolean _ = endpoint.send(ByteBuffer.allocate(0), env.at("server", PORT));
                        });
                  });
        });
  }

  private static DatagramEndpoint openEndpoint(Env env, int port) throws Exception {
    return DatagramEndpoint.open(
        env.loop(), env.any(port), DatagramOptions.DEFAULT, (_, _, _, _) -> {});
  }

  /** Who stops a loop has left what comes after. */
  @Test
  void whatComesForAHostThatHasStopped_isNotPending() {
    SimReport report =
        Sim.seeds(1)
            .run(sim -> {
              Host _ =
                  sim.host("server")
                      .program(env -> {
                        DatagramEndpoint _ = openEndpoint(env, PORT);
                        env.loop().stop();
                      });
              Host _ =
                  sim.host("client")
                      .program(env -> {
                        DatagramEndpoint endpoint = openEndpoint(env, 0);
                        env.after(
                            SECOND,
                            () -> {
                              boolean _ =
                                  endpoint.send(ByteBuffer.allocate(1), env.at("server", PORT));
                            });
                      });
            });
    assertEquals(1, report.runs());
  }

  /** That nobody would have come for it is not known. */
  @Test
  void connection_ofARunThatIsEnded_isNotPending() {
    SimReport report =
        Sim.seeds(1)
            .run(sim -> {
              Host _ =
                  sim.host("server").between(InvariantTest::blind).program(InvariantTest::listen);
              Host _ = sim.host("client").program(InvariantTest::sendHello);
              sim.after(Duration.ofMillis(2), sim::end);
            });
    assertEquals(1, report.runs());
  }

  @Test
  void streams_thatTheNetworkBreaks_areFound() {
    assertFound(
        Invariant.BYTES_IN_ORDER,
        "other bytes are read than were sent, behind 1 bytes",
        sim -> sim.after(SECOND, () -> PlantedLoss.in(sim.network())));
  }

  // ---- what was asked for, and did not come

  @Test
  void faults_thatNoRunMeets_areNamed() {
    SimReport report =
        Sim.seeds(2)
            .run(sim -> {
              Host a = sim.host("a").program(_ -> {});
              Host b = sim.host("b").program(_ -> {});
              sim.link(a, b, LinkOptions.DEFAULT.withLoss(0.5));
              sim.disturb(SECOND, "nothing", () -> {});
              sim.disturb(Duration.ofHours(1), "what comes after the end", () -> {});
            });
    assertEquals(Set.of("LOSS"), report.neverMet());
    assertEquals(Map.of("DISTURBANCE", 2), report.faults());
  }

  // ---- up to a step

  @Test
  void run_thatIsStopped_isAFailure_withWhatWasBefore() {
    System.setProperty("pollux.sim.steps", "2");
    try {
      SimFailure failure =
          assertThrows(
              SimFailure.class,
              () ->
                  Sim.seeds(1)
                      .run(sim -> {
                        for (int i = 1; i <= 5; i++) {
                          int number = i;
                          sim.after(SECOND.multipliedBy(i), () -> sim.note("action " + number));
                        }
                      }));
      assertEquals("stopped after step 2, as was asked", failure.what());
      String text = String.valueOf(failure.getMessage());
      assertTrue(text.contains("seed 1, step 2, after PT2S"), text);
      assertTrue(text.contains("action 2") && !text.contains("action 3"), text);
    } finally {
      System.clearProperty("pollux.sim.steps");
    }
  }
}
