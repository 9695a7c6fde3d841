package dev.pollux.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.net.CloseCause;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.WriteResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who waits for a thread while the run comes to its end, one way or another. */
@Timeout(60)
class SimJoinTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final int PORT = 7000;
  private static final ConnectionHandler SINK = (_, data) -> data.position(data.limit());

  /** A thread, and an action that waits for it half a second later. */
  private static void joined(Env env, Action body) {
    Thread thread = env.start("joined", body);
    env.after(SECOND.dividedBy(2), () -> env.threads().join(thread));
  }

  @Test
  void joinedThread_endsTheRun() {
    SimReport report =
        Sim.seeds(1)
            .run(sim ->
                sim.host("a")
                    .program(env ->
                        joined(
                            env,
                            () -> {
                              env.sleep(SECOND);
                              sim.end();
                            })));
    assertEquals(1, report.runs());
    SimFailure never =
        assertThrows(
            SimFailure.class,
            () ->
                Sim.seeds(1)
                    .run(sim -> {
                      Host _ =
                          sim.host("a")
                              .program(env -> joined(env, () -> env.sleep(SECOND.multipliedBy(9))));
                      sim.after(SECOND, sim::end);
                      sim.eventually(SECOND.multipliedBy(5), "what never is", () -> false);
                    }));
    assertEquals("never: what never is", never.what(), "an end is judged as any");
  }

  @Test
  void run_isGivenUp_whileAnActionJoins() {
    SimReport report =
        Sim.seeds(1)
            .run(sim -> {
              Host _ =
                  sim.host("a")
                      .program(env -> joined(env, () -> env.sleep(SECOND.multipliedBy(9))));
              sim.after(SECOND, () -> sim.giveUp("nothing comes of it"));
            });
    assertEquals(1, report.givenUp());
  }

  /** Also one that is checked, which a thread's body may throw as it is. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void assumption_ofTheJoinedThread_givesUp(boolean isJoined) {
    SimReport report =
        Sim.seeds(2)
            .givingUpOn(IOException.class)
            .run(sim ->
                sim.host("a")
                    .program(env -> {
                      Action body =
                          () -> {
                            env.sleep(SECOND);
                            if (sim.seed() == 1) {
                              throw new IOException("not here");
                            }
                          };
                      if (isJoined) {
                        joined(env, body);
                      } else {
                        Thread _ = env.start("alone", body);
                      }
                    }));
    assertEquals(1, report.givenUp());
  }

  @Test
  void runsThatAreAllGivenUp_sayWhy_andNotWhatTheyDidNotMeet() {
    SimFailure failure =
        assertThrows(
            SimFailure.class,
            () ->
                Sim.seeds(3)
                    .givingUpOn(IOException.class)
                    .run(sim -> {
                      sim.sometimes("something", () -> false);
                      throw new IOException("not on this machine");
                    }));
    assertInstanceOf(IOException.class, failure.getCause());
  }

  /** A handler that waits for its thread when its connection is over, as Workers.close does. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void handlerThatJoins_whenTheRunIsOver_isNoFailure(boolean isEnded) {
    SimReport report =
        Sim.seeds(1)
            .lasting(Duration.ofMinutes(1))
            .run(sim -> {
              Host _ =
                  sim.host("server")
                      .program(env ->
                          Server.open(env.loop(), ServerOptions.at(env.any(PORT)), _ -> SINK));
              Host _ = sim.host("client").program(env -> connect(env, new JoinsWhenClosed(env)));
              if (isEnded) {
                sim.after(SECOND.multipliedBy(10), sim::end);
              }
            });
    assertEquals(1, report.runs());
  }

  private static void connect(Env env, ConnectionHandler handler) throws Exception {
    Connection connection =
        Connection.connect(
            env.loop(),
            env.at("server", PORT),
            TimeUnit.SECONDS.toNanos(5),
            ConnectionOptions.DEFAULT,
            handler);
    WriteResult _ = connection.write("hello\n");
  }

  private record JoinsWhenClosed(Env env) implements ConnectionHandler {
    @Override
    public void received(Connection connection, ByteBuffer data) {
      data.position(data.limit());
    }

    @Override
    public void closed(Connection connection, CloseCause cause) {
      Thread thread = env.start("last words", () -> env.sleep(SECOND.dividedBy(10)));
      try {
        env.threads().join(thread);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Test
  void interrupt_whileAFailureIsMadeSmaller_doesNotHideIt() {
    int[] runs = {0};
    SimFailure failure =
        assertThrows(
            SimFailure.class,
            () ->
                Sim.seeds(10)
                    .run(sim -> {
                      int number = sim.choose("number", 1, 1000);
                      runs[0]++;
                      if (runs[0] == 2) {
                        Thread.currentThread().interrupt();
                      }
                      sim.after(
                          SECOND,
                          () -> {
                            if (number > 0) {
                              sim.fail("the real failure");
                            }
                          });
                    }));
    assertEquals("the real failure", failure.what());
    assertEquals(true, Thread.interrupted(), "it stays interrupted");
  }
}
