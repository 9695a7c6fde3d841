package dev.pollux.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.DatagramEndpoint;
import dev.pollux.net.DatagramOptions;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.WriteResult;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Loops beside each other, and lives one after the other. */
class SimHostsTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final int PORT = 7000;
  private static final ConnectionHandler DROPS = (_, data) -> data.position(data.limit());

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private static Connection connect(Env env, ConnectionHandler handler) throws Exception {
    return Connection.connect(
        env.loop(), env.at("server", PORT), MINUTE.toNanos(), ConnectionOptions.DEFAULT, handler);
  }

  private static void restart(Host host) {
    try {
      host.restart();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  // ---- loops

  /** Datagrams leave in the flush of a turn, which is no event. */
  @Test
  void whatALoopFlushes_isNewsForOthersOfItsHost() {
    SimReport _ =
        Sim.seeds(20)
            .run(sim -> {
              AtomicInteger answers = new AtomicInteger();
              sim.host("a")
                  .program(env -> {
                    EventLoop other = env.openLoop(LoopOptions.DEFAULT.withName("other"));
                    DatagramEndpoint _ =
                        DatagramEndpoint.open(
                            env.loop(),
                            loopback(5000),
                            DatagramOptions.DEFAULT,
                            (endpoint, data, from, _) -> {
                              boolean _ = endpoint.send(data, from);
                            });
                    DatagramEndpoint asker =
                        DatagramEndpoint.open(
                            other,
                            loopback(5001),
                            DatagramOptions.DEFAULT,
                            (endpoint, data, from, _) -> {
                              if (answers.incrementAndGet() < 10) {
                                boolean _ = endpoint.send(data, from);
                              }
                            });
                    boolean _ = asker.send(ByteBuffer.allocate(1), loopback(5000));
                  });
              sim.eventually(SECOND, "ten answers", () -> answers.get() == 10);
            });
  }

  /** What any thread may do is also a handler's of another host, as tests do. */
  @Test
  void whatAnotherHostsHandlerAsksOfALoop_isDone() {
    SimReport _ =
        Sim.seeds(5)
            .run(sim -> {
              AtomicBoolean ran = new AtomicBoolean();
              AtomicBoolean scheduled = new AtomicBoolean();
              List<EventLoop> loops = new ArrayList<>();
              List<Server> servers = new ArrayList<>();
              List<Connection> clients = new ArrayList<>();
              StringBuilder heard = new StringBuilder();
              Host server = sim.host("server");
              server.program(env -> {
                loops.add(env.loop());
                servers.add(
                    Server.open(
                        env.loop(),
                        ServerOptions.at(env.any(PORT)),
                        _ -> (_, data) -> heard.append(StandardCharsets.US_ASCII.decode(data))));
              });
              sim.host("client").program(env -> clients.add(connect(env, DROPS)));
              sim.host("other")
                  .program(env ->
                      env.loop()
                          .schedule(
                              SECOND.toNanos(),
                              () -> {
                                EventLoop there = loops.getFirst();
                                there.execute(() -> ran.set(true));
                                var _ = there.schedule(1, () -> scheduled.set(true));
                                WriteResult _ =
                                    clients
                                        .getFirst()
                                        .write("hello".getBytes(StandardCharsets.US_ASCII));
                              }));
              sim.after(SECOND.multipliedBy(2), () -> servers.getFirst().stop());
              sim.eventually(SECOND.multipliedBy(2), "ran", ran::get);
              sim.eventually(SECOND.multipliedBy(2), "timer", scheduled::get);
              sim.eventually(
                  SECOND.multipliedBy(2), "sent", () -> heard.toString().equals("hello"));
              sim.eventually(MINUTE, "stopped", () -> servers.getFirst().isFinished());
            });
  }

  // ---- lives

  @Test
  void lifeThatIsOver_hasNoDescriptors() {
    StringBuilder heard = new StringBuilder();
    SimReport _ =
        Sim.seeds(1)
            .run(sim -> {
              List<Connection> made = new ArrayList<>();
              sim.host("server")
                  .program(env ->
                      Server.open(
                          env.loop(),
                          ServerOptions.at(env.any(PORT)),
                          _ -> (_, data) -> heard.append(StandardCharsets.US_ASCII.decode(data))));
              Host client = sim.host("client").program(env -> made.add(connect(env, DROPS)));
              sim.after(
                  SECOND,
                  () -> {
                    client.kill();
                    client.restart();
                  });
              sim.after(
                  SECOND.multipliedBy(2),
                  () -> {
                    WriteResult _ = made.get(0).write("old".getBytes(StandardCharsets.US_ASCII));
                    WriteResult _ = made.get(1).write("new".getBytes(StandardCharsets.US_ASCII));
                  });
            });
    assertEquals("new", heard.toString());
  }

  /** Nor is done what it asked for, nor what it asks for now. */
  @Test
  void lifeThatIsOver_doesNothing() {
    SimReport _ =
        Sim.seeds(2)
            .run(sim -> {
              List<String> log = new ArrayList<>();
              List<Env> lives = new ArrayList<>();
              Host host =
                  sim.host("a")
                      .program(env -> {
                        lives.add(env);
                        int number = lives.size();
                        env.after(SECOND.multipliedBy(5), () -> log.add("after " + number));
                        env.executor().execute(() -> log.add("work " + number));
                      });
              sim.after(
                  SECOND,
                  () -> {
                    host.kill();
                    host.restart();
                  });
              sim.after(
                  SECOND.multipliedBy(2),
                  () -> assertThrows(IllegalStateException.class, () -> lives.getFirst().sys()));
              sim.after(
                  SECOND.multipliedBy(7),
                  () -> assertEquals(List.of("work 1", "work 2", "after 2"), log));
            });
  }

  /** What a turn does to hosts is done after it, in its order. */
  @Test
  void endsAndStarts_withinATurn_comeAfterIt() {
    SimReport _ =
        Sim.seeds(5)
            .repeated()
            .run(sim -> {
              List<String> log = new ArrayList<>();
              Host a = sim.host("a");
              Host b = sim.host("b");
              Host c = sim.host("c");
              b.program(env -> {
                log.add("b");
                var _ = env.loop().schedule(SECOND.multipliedBy(5).toNanos(), () -> log.add("b5"));
              });
              Runnable turn =
                  () -> {
                    b.crash();
                    restart(b);
                    a.kill();
                    restart(a);
                    c.crash();
                    restart(c);
                    log.add("turn");
                  };
              c.program(_ -> log.add("c"));
              a.program(env -> {
                log.add("a");
                if (!log.contains("turn")) {
                  var _ = env.loop().schedule(SECOND.toNanos(), turn);
                }
              });
              sim.after(
                  SECOND.multipliedBy(8),
                  () -> {
                    assertEquals("[b, c, a, turn, b, a, c, b5]", log.toString());
                    assertTrue(a.isUp() && b.isUp() && c.isUp());
                  });
            });
  }

  @Test
  void ends_withinTheStart_comeAfterIt() {
    SimReport _ =
        Sim.seeds(1)
            .run(sim -> {
              for (String name : List.of("killed", "crashed")) {
                Host host =
                    sim.host(name)
                        .program(env -> {
                          if (name.equals("killed")) {
                            env.host().kill();
                          } else {
                            env.host().crash();
                          }
                          Server _ =
                              Server.open(env.loop(), ServerOptions.at(env.any(PORT)), _ -> DROPS);
                        });
                assertFalse(host.isUp());
              }
            });
  }

  @Test
  void programThatIsRefused_isNotKept() {
    SimReport _ =
        Sim.seeds(1)
            .run(sim -> {
              List<String> ran = new ArrayList<>();
              Host host = sim.host("a").program(_ -> ran.add("one"));
              assertThrows(IllegalStateException.class, () -> host.program(_ -> ran.add("two")));
              host.kill();
              host.restart();
              host.restart(); // which is nothing
              assertEquals(List.of("one", "one"), ran);
            });
  }

  /** Handlers that hear of the end of a run start nothing. */
  @Test
  void whatIsAskedForAfterTheEnd_isNotDone() {
    AtomicInteger starts = new AtomicInteger();
    AtomicInteger closed = new AtomicInteger();
    SimReport _ =
        Sim.seeds(1)
            .run(sim -> {
              Host server =
                  sim.host("server")
                      .program(env -> {
                        int _ = starts.incrementAndGet();
                        Server _ =
                            Server.open(env.loop(), ServerOptions.at(env.any(PORT)), _ -> DROPS);
                      });
              sim.host("client")
                  .program(env ->
                      connect(
                          env,
                          new ConnectionHandler() {
                            @Override
                            public void received(Connection connection, ByteBuffer data) {}

                            @Override
                            public void closed(
                                Connection connection, dev.pollux.net.CloseCause cause) {
                              int _ = closed.incrementAndGet();
                              server.crash();
                              restart(server);
                            }
                          }));
            });
    assertEquals(1, closed.get());
    assertEquals(1, starts.get());
  }

  @Test
  void hostThatNobodyMakes_isNamed() {
    SimFailure failure =
        assertThrows(
            SimFailure.class,
            () ->
                Sim.seeds(1)
                    .run(sim ->
                        sim.host("client").program(env -> env.note("to " + env.at("sever", 1)))));
    assertTrue(
        failure.getMessage().contains("no host is called 'sever'; there are [client]"),
        failure.getMessage());
    SimFailure later =
        assertThrows(
            SimFailure.class,
            () ->
                Sim.seeds(1)
                    .run(sim ->
                        sim.host("client")
                            .program(env ->
                                env.after(SECOND, () -> env.note("to " + env.at("sever", 1))))));
    assertTrue(later.getMessage().contains("'sever'"), later.getMessage());
  }

  /** The handler of a loop's own options is told as well. */
  @Test
  void errorHandlerOfTheProgram_isTold() {
    List<String> told = new ArrayList<>();
    SimReport _ =
        Sim.seeds(1)
            .without(Invariant.NO_ERRORS)
            .run(sim ->
                sim.host("a")
                    .program(env -> {
                      EventLoop loop =
                          env.openLoop(
                              LoopOptions.DEFAULT.withErrorHandler(
                                  (_, what, thrown) -> told.add(thrown.getMessage())));
                      loop.execute(() -> {
                        throw new IllegalStateException("the task's");
                      });
                    }));
    assertEquals(List.of("the task's"), told);
  }
}
