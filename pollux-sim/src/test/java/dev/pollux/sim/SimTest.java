package dev.pollux.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.model.Fault;
import dev.pollux.model.Faults;
import dev.pollux.net.CloseCause;
import dev.pollux.net.CloseReason;
import dev.pollux.net.ConnectOptions;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.Connector;
import dev.pollux.net.DatagramEndpoint;
import dev.pollux.net.DatagramOptions;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.WriteResult;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A world, what happens to it, and what is held of it. */
class SimTest {

  private static final int PORT = 7000;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** Sends back what comes. */
  private static final class Echo implements ConnectionHandler {
    @Override
    public void received(Connection connection, ByteBuffer data) {
      WriteResult _ = connection.write(data);
    }
  }

  /** Sends a text when it is connected, and keeps what comes back. */
  private static final class Asker implements ConnectionHandler {
    final String text;
    final StringBuilder heard = new StringBuilder();
    Connection connection;
    CloseCause cause;

    Asker(String text) {
      this.text = text;
    }

    @Override
    public void opened(Connection made) {
      connection = made;
      WriteResult _ = connection.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    @Override
    public void received(Connection connection, ByteBuffer data) {
      heard.append(StandardCharsets.US_ASCII.decode(data));
      if (heard.length() == text.length()) {
        connection.close();
      }
    }

    @Override
    public void closed(Connection connection, CloseCause why) {
      cause = why;
    }

    boolean isAnswered() {
      return text.contentEquals(heard);
    }
  }

  private static Host server(Sim sim) throws Exception {
    return sim.host("server")
        .program(env -> {
          Server _ = Server.open(env.loop(), ServerOptions.at(env.any(PORT)), _ -> new Echo());
        });
  }

  private static Host client(Sim sim, String name, Asker asker) throws Exception {
    return sim.host(name)
        .program(env -> {
          Connection _ =
              Connection.connect(
                  env.loop(),
                  env.at("server", PORT),
                  MINUTE.toNanos(),
                  ConnectionOptions.DEFAULT,
                  asker);
        });
  }

  @Test
  void echo_takesItsRoundTrips() {
    echo();
  }

  private static void echo() {
    SimReport report =
        Sim.seeds(20)
            .repeated()
            .run(sim -> {
              Asker asker = new Asker("hello");
              sim.link(
                  sim.host("server"),
                  sim.host("client"),
                  LinkOptions.DEFAULT.withLatency(Duration.ofMillis(50)));
              Host _ = server(sim);
              Host _ = client(sim, "client", asker);
              sim.always("a part of it", () -> asker.text.startsWith(asker.heard.toString()));
              sim.eventually(MINUTE, "answered", asker::isAnswered);
              sim.eventually(
                  MINUTE,
                  "in two round trips",
                  () -> asker.isAnswered() && sim.elapsed().toMillis() == 200);
              sim.eventually(MINUTE, "closed", () -> asker.cause != null);
            });
    assertEquals(20, report.runs());
    assertTrue(report.steps() > 0);
  }

  @Test
  void losses_areSeenAsDelay() {
    SimReport report =
        Sim.seeds(50)
            .repeated()
            .run(sim -> {
              Asker asker = new Asker("x".repeat(100_000));
              Host server = server(sim);
              Host client = client(sim, "client", asker);
              sim.link(
                  server,
                  client,
                  LinkOptions.DEFAULT
                      .withLoss(0.2)
                      .withDuplication(0.1)
                      .withJitter(Duration.ofMillis(5))
                      .withBytesPerSecond(1_000_000));
              sim.eventually(MINUTE.multipliedBy(5), "answered", asker::isAnswered);
            });
    for (Trouble each : List.of(Trouble.LOSS, Trouble.DUPLICATION, Trouble.JITTER)) {
      assertTrue(report.faults().getOrDefault(each.name(), 0) > 0, report.toString());
    }
  }

  @Test
  void partition_endsOrIsOutlived() {
    SimReport report =
        Sim.seeds(10)
            .run(sim -> {
              Asker asker = new Asker("hello");
              Host server = server(sim);
              Host client = client(sim, "client", asker);
              sim.partition(server, client);
              sim.after(Duration.ofSeconds(20), () -> sim.heal(server, client));
              sim.always(
                  "not before", () -> !asker.isAnswered() || sim.elapsed().toSeconds() >= 20);
              sim.eventually(MINUTE, "answered", asker::isAnswered);
            });
    assertTrue(report.faults().get(Trouble.PARTITION.name()) > 0);
  }

  @Test
  void hold_andRelease_keepTheOrder() {
    List<Integer> all = IntStream.range(0, 50).boxed().toList();
    SimReport report =
        Sim.seeds(10)
            .run(sim -> {
              List<Integer> heard = new ArrayList<>();
              Host receiver =
                  sim.host("receiver")
                      .program(env -> {
                        DatagramEndpoint _ =
                            DatagramEndpoint.open(
                                env.loop(),
                                env.any(PORT),
                                DatagramOptions.DEFAULT,
                                (_, data, _, _) -> heard.add(data.getInt()));
                      });
              Host sender = sim.host("sender").program(env -> count(env, all));
              sim.after(Duration.ofMillis(10), () -> sim.hold(sender, receiver));
              sim.after(Duration.ofMillis(30), () -> sim.release(sender, receiver));
              sim.always(
                  "held, and in order",
                  () -> {
                    boolean isHeld = sim.elapsed().toMillis() > 11 && sim.elapsed().toMillis() < 31;
                    return heard.equals(all.subList(0, heard.size()))
                        && (!isHeld || heard.size() < 12);
                  });
              sim.eventually(MINUTE, "all", () -> heard.equals(all));
            });
    assertTrue(report.faults().get(Trouble.HOLD.name()) >= 150, report.toString());
  }

  /** Sends a number each millisecond, to one who knows which comes next. */
  private static void count(Env env, List<Integer> numbers) throws Exception {
    DatagramEndpoint endpoint =
        DatagramEndpoint.open(env.loop(), env.any(0), DatagramOptions.DEFAULT, (_, _, _, _) -> {});
    for (int number : numbers) {
      env.after(
          Duration.ofMillis(1 + number),
          () -> {
            ByteBuffer data = ByteBuffer.allocate(4).putInt(number).flip();
            boolean _ = endpoint.send(data, env.at("receiver", PORT));
          });
    }
  }

  @Test
  void crash_isSilent_andRestart_resets() {
    SimReport report =
        Sim.seeds(10)
            .run(sim -> {
              Asker asker = new Asker("hello, and nobody hears it all");
              Host server =
                  sim.host("server")
                      .program(env -> {
                        Server _ =
                            Server.open(
                                env.loop(),
                                ServerOptions.at(env.any(PORT)),
                                _ -> (_, data) -> data.position(data.limit()));
                      });
              Host client = client(sim, "client", asker);
              sim.after(Duration.ofMillis(3), server::crash);
              sim.after(
                  Duration.ofSeconds(30),
                  () -> {
                    if (asker.cause != null) {
                      sim.fail("told of a crash");
                    }
                    server.restart();
                  });
              sim.after(
                  Duration.ofSeconds(31),
                  () -> {
                    if (!client.isUp() || !server.isUp() || asker.cause != null) {
                      sim.fail("who says nothing learns nothing");
                    }
                    WriteResult _ = asker.connection.write(ByteBuffer.allocate(1));
                  });
              sim.eventually(
                  MINUTE.multipliedBy(5),
                  "reset",
                  () -> asker.cause != null && asker.cause.reason() == CloseReason.RESET);
            });
    assertEquals(10, report.faults().get(Trouble.CRASH.name()));
  }

  @Test
  void kill_closesDescriptors() {
    SimReport _ =
        Sim.seeds(10)
            .run(sim -> {
              Asker asker = new Asker("hello");
              Host server = server(sim);
              Host _ = client(sim, "client", asker);
              Asker late = new Asker("again");
              sim.after(Duration.ofMillis(2), server::kill);
              sim.eventually(MINUTE, "over", () -> asker.cause != null);
              sim.after(
                  Duration.ofSeconds(5),
                  () -> {
                    server.restart();
                    Host _ = client(sim, "late", late);
                  });
              sim.eventually(MINUTE, "served again", late::isAnswered);
            });
  }

  @Test
  void names_areResolved_andWorkIsDone() {
    SimReport _ =
        Sim.seeds(20)
            .repeated()
            .run(sim -> {
              Host _ = server(sim);
              Asker asker = new Asker("by name");
              List<Integer> order = new ArrayList<>();
              Host _ =
                  sim.host("client")
                      .program(env -> {
                        ConnectOptions to =
                            ConnectOptions.to("server", PORT).withResolver(env.resolver());
                        Connector _ =
                            Connector.connect(
                                env.loop(), to, asker, cause -> sim.fail("no server: " + cause));
                        for (int i = 0; i < 3; i++) {
                          int number = i;
                          env.executor()
                              .execute(() -> {
                                boolean _ = order.add(number);
                              });
                        }
                      });
              sim.eventually(MINUTE, "answered", asker::isAnswered);
              sim.eventually(MINUTE, "worked", () -> order.size() == 3);
              sim.sometimes("out of order", () -> order.equals(List.of(2, 1, 0)));
            });
  }

  @Test
  void faultsOfCalls_beginAfterTheSetUp() {
    SimReport report =
        Sim.seeds(50)
            .run(sim -> {
              Asker asker = new Asker("x".repeat(10_000));
              Faults often =
                  Faults.none().with(Fault.SHORT_WRITE, 0.5).with(Fault.SPURIOUS_EAGAIN, 0.5);
              Host server = sim.host("server").faults(often.with(Fault.EMFILE, 0));
              Host _ = server(sim);
              Host _ = client(sim, "client", asker).faults(often);
              sim.eventually(MINUTE, "answered", asker::isAnswered);
              if (!server.isUp()) {
                sim.fail("not set up");
              }
            });
    assertTrue(report.faults().get(Fault.SHORT_WRITE.name()) > 0);
  }

  /** Two datagrams arrive at one moment, each at a host of its own; and both hear of it. */
  @Test
  void arrivalsAtOneMoment_areAllTold() {
    SimReport _ =
        Sim.seeds(20)
            .run(sim -> {
              List<String> heard = new ArrayList<>();
              for (String name : List.of("a", "b")) {
                Host _ =
                    sim.host(name)
                        .program(env -> {
                          Server _ =
                              Server.open(
                                  env.loop(),
                                  ServerOptions.at(env.any(PORT)),
                                  _ ->
                                      (_, data) -> {
                                        data.position(data.limit());
                                        boolean _ = heard.add(name);
                                      });
                        });
              }
              Asker one = new Asker("x");
              Asker other = new Asker("x");
              Host _ =
                  sim.host("client")
                      .program(env -> {
                        for (String name : List.of("a", "b")) {
                          Connection _ =
                              Connection.connect(
                                  env.loop(),
                                  env.at(name, PORT),
                                  MINUTE.toNanos(),
                                  ConnectionOptions.DEFAULT,
                                  name.equals("a") ? one : other);
                        }
                      });
              sim.always("at once", () -> heard.size() == 2 || sim.elapsed().toMillis() <= 3);
              sim.eventually(MINUTE, "both", () -> heard.size() == 2);
            });
  }

  /** A host ends itself: when its turn is over, though it had more to do; and may start anew. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void endWithinATurn_isAtItsEnd(boolean crashes) {
    SimReport _ =
        Sim.seeds(5)
            .run(sim -> {
              List<String> done = new ArrayList<>();
              Host host = sim.host("a");
              Host _ =
                  host.program(env -> {
                    boolean _ = done.add("start");
                    env.loop()
                        .execute(() -> {
                          if (done.size() > 1) {
                            return;
                          }
                          if (crashes) {
                            host.crash();
                          } else {
                            host.kill();
                          }
                          var _ =
                              env.loop()
                                  .schedule(
                                      0, // in this turn yet
                                      () -> env.loop().execute(() -> sim.fail("another turn")));
                        });
                  });
              sim.after(
                  Duration.ofSeconds(1),
                  () -> {
                    if (host.isUp()) {
                      sim.fail("it goes on: " + done);
                    }
                    host.restart();
                  });
              sim.eventually(MINUTE, "twice", () -> done.size() == 2 && host.isUp());
            });
  }

  @Test
  void anHour_isItsEvents() {
    AtomicInteger beats = new AtomicInteger();
    SimReport report =
        Sim.seeds(1)
            .lasting(Duration.ofHours(1))
            .run(sim -> {
              Host _ =
                  sim.host("heart")
                      .program(env -> {
                        long second = Duration.ofSeconds(1).toNanos();
                        var _ =
                            env.loop().scheduleAtFixedRate(second, second, beats::incrementAndGet);
                      });
            });
    assertTrue(beats.get() >= 3_599 && beats.get() <= 3_600, "beats " + beats);
    assertTrue(report.steps() < 20_000, "steps " + report.steps());
  }

  @Test
  void costs_passTime() {
    SimReport _ =
        Sim.seeds(5)
            .run(sim -> {
              List<Long> times = new ArrayList<>();
              Host _ =
                  sim.host("slow")
                      .cost(Duration.ofMillis(10))
                      .program(env -> {
                        for (int i = 0; i < 2; i++) {
                          var _ =
                              env.loop().schedule(i * 1_000_000L, () -> times.add(env.nanoTime()));
                        }
                      });
              sim.eventually(MINUTE, "both", () -> times.size() == 2);
              sim.always(
                  "one after the other",
                  () -> times.size() < 2 || times.get(1) - times.get(0) >= 10_000_000);
            });
  }

  /** Several worlds beside each other, each as if alone. */
  @Test
  void worlds_shareNothing() throws Exception {
    List<Thread> threads = new ArrayList<>();
    AtomicInteger done = new AtomicInteger();
    for (int i = 0; i < 3; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                echo();
                int _ = done.incrementAndGet();
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(3, done.get());
  }
}
