package dev.pollux.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpBlocking;
import dev.pollux.http.HttpBodyHandler;
import dev.pollux.http.HttpHandler;
import dev.pollux.http.HttpOptions;
import dev.pollux.http.HttpRequest;
import dev.pollux.http.HttpResponse;
import dev.pollux.http.HttpServer;
import dev.pollux.http.Router;
import dev.pollux.model.Fault;
import dev.pollux.model.Faults;
import dev.pollux.net.Server;
import dev.pollux.net.ServerListener;
import dev.pollux.net.ServerOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * HTTP under faults: every request is answered once, in order, by what it asked for, or its
 * connection visibly ends; nothing leaks, and no loop spins.
 */
class HttpSimTest {

  private static final int RUNS = Integer.getInteger("pollux.http.sims", 300);
  private static final long SEED = Long.getLong("pollux.seed", 1);
  private static final int PORT = PeerHosts.PORT;
  private static final Duration NEVER = Duration.ofDays(1);
  private static final ServerListener QUIET = new ServerListener() {};

  static Router service() {
    return new Router()
        .get("/now/{id}", (request, response) -> response.send("now " + id(request)))
        .get("/later/{id}", HttpSimTest::later)
        .get("/pieces/{id}", HttpSimTest::pieces)
        .get("/thread/{id}", HttpBlocking.handler(e -> e.send("thread " + id(e.request()))))
        .post("/whole", (request, response) -> request.body().whole(b -> response.send(b)))
        .post("/piped", HttpSimTest::piped)
        .post("/streams", HttpBlocking.handler(e -> e.input().transferTo(e.output())))
        .post("/unread/{id}", (request, response) -> response.send("unread " + id(request)));
  }

  private static String id(HttpRequest request) {
    return request.parameter("id");
  }

  private static void later(HttpRequest request, HttpResponse response) {
    response.later();
    var _ =
        request
            .loop()
            .schedule(
                3_000_000L,
                () -> {
                  if (response.isOpen()) {
                    response.send("later " + id(request));
                  }
                });
  }

  private static void pieces(HttpRequest request, HttpResponse response) {
    for (int i = 0; i < 5; i++) {
      response.write(id(request) + ",");
    }
    response.end();
  }

  private static void piped(HttpRequest request, HttpResponse response) throws Exception {
    request.body().stream(
        new HttpBodyHandler() {
          @Override
          public void data(ByteBuffer data) {
            if (!response.write(data).goesOn() && response.isOpen()) {
              request.body().pause();
              response.whenWritable(() -> {
                if (response.isOpen()) {
                  request.body().resume();
                }
              });
            }
          }

          @Override
          public void end() {
            response.end();
          }
        });
  }

  // ---- what clients ask

  static HttpPeer.Ask ask(Random random, int number) {
    String id = number + "x" + random.nextInt(1000);
    String body = "b".repeat(random.nextInt(random.nextInt(8) == 0 ? 40_000 : 50)) + id;
    return switch (random.nextInt(8)) {
      case 0 -> get("/now/" + id, "now " + id);
      case 1 -> get("/later/" + id, "later " + id);
      case 2 -> get("/pieces/" + id, (id + ",").repeat(5));
      case 3 -> get("/thread/" + id, "thread " + id);
      case 4 -> post("/whole", body, body, random);
      case 5 -> post("/piped", body, body, random);
      case 6 -> post("/streams", body, body, random);
      default -> post("/unread/" + id, body, "unread " + id, random);
    };
  }

  private static HttpPeer.Ask get(String path, String answer) {
    return new HttpPeer.Ask("GET " + path + " HTTP/1.1\r\nHost: server\r\n\r\n", answer);
  }

  private static HttpPeer.Ask post(String path, String body, String answer, Random random) {
    String head = "POST " + path + " HTTP/1.1\r\nHost: server\r\n";
    if (random.nextBoolean()) {
      return new HttpPeer.Ask(
          head + "Content-Length: " + body.length() + "\r\n\r\n" + body, answer);
    }
    int half = body.length() / 2;
    String chunks = chunk(body.substring(0, half)) + chunk(body.substring(half));
    return new HttpPeer.Ask(
        head + "Transfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n", answer);
  }

  private static String chunk(String data) {
    return data.isEmpty() ? "" : Integer.toHexString(data.length()) + "\r\n" + data + "\r\n";
  }

  // ---- runs

  /** Clients on a host each; the answer to whether all is well is theirs. */
  private static List<HttpPeer> clients(Sim sim, int count, LinkOptions links, Duration stopAfter)
      throws Exception {
    HttpHandler service = service();
    Host _ =
        sim.host("server")
            .program(env -> {
              Server opened =
                  Server.open(
                      env.loop(),
                      ServerOptions.at(env.any(PORT)),
                      HttpServer.handlers(HttpOptions.DEFAULT, service),
                      QUIET);
              sim.after(stopAfter, opened::stop);
            });
    List<HttpPeer> peers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Random random = new Random(sim.random().nextLong());
      List<HttpPeer.Ask> asks = new ArrayList<>();
      for (int left = 1 + random.nextInt(12); left > 0; left--) {
        asks.add(ask(random, asks.size()));
      }
      HttpPeer peer = new HttpPeer(asks, 1 + random.nextInt(6), random);
      peers.add(peer);
      PeerHosts.connect(sim, i, links, peer);
    }
    sim.always("no wrong answer", () -> peers.stream().allMatch(peer -> peer.wrong == null));
    return peers;
  }

  @Test
  void withoutFaults_everyRequestIsAnswered() {
    AtomicInteger answers = new AtomicInteger();
    SimReport report =
        Sim.seeds(RUNS / 3)
            .from(SEED)
            .run(sim -> {
              List<HttpPeer> peers = clients(sim, 3, LinkOptions.DEFAULT, NEVER);
              sim.eventually(
                  Duration.ofMinutes(5), "all", () -> peers.stream().allMatch(HttpPeer::isDone));
              peers.forEach(peer -> answers.addAndGet(peer.answered));
            });
    assertEquals(RUNS / 3, report.runs(), report.toString());
  }

  @Test
  void lossAndJitter_everyRequestIsAnswered() {
    LinkOptions bad =
        LinkOptions.DEFAULT.withLoss(0.03).withJitter(Duration.ofMillis(20)).withDuplication(0.02);
    SimReport report =
        Sim.seeds(RUNS / 3)
            .from(SEED)
            .run(sim -> {
              List<HttpPeer> peers = clients(sim, 2, bad, NEVER);
              sim.eventually(
                  Duration.ofMinutes(10), "all", () -> peers.stream().allMatch(HttpPeer::isDone));
            });
    assertEquals(RUNS / 3, report.runs(), report.toString());
  }

  @Test
  void anyFault_aRequestIsAnsweredOnce_orItsConnectionEnds() {
    SimReport report =
        Sim.seeds(RUNS)
            .from(SEED)
            .givingUpOn(IOException.class)
            .run(sim -> {
              LinkOptions links = LinkOptions.DEFAULT.withLoss(sim.random().nextInt(3) * 0.02);
              boolean stops = sim.random().nextInt(4) == 0;
              Duration stopAfter = stops ? Duration.ofMillis(15) : NEVER;
              List<HttpPeer> peers = clients(sim, 3, links, stopAfter);
              sim.host("server")
                  .faults(Faults.swarm(sim.random().nextLong()).with(Fault.EMFILE, 0));
              PeerHosts.disturbFirst(sim, Duration.ofSeconds(30));
              sim.eventually(
                  Duration.ofMinutes(15),
                  "answers or ends",
                  () ->
                      peers.stream()
                          .allMatch(
                              peer -> peer.isDone() || peer.isOver || isDown(sim, peers, peer)));
            });
    assertTrue(report.faults().getOrDefault(Fault.SHORT_WRITE.name(), 0) > 0, report.toString());
    assertTrue(report.faults().getOrDefault(Trouble.PARTITION.name(), 0) > 0, report.toString());
  }

  private static boolean isDown(Sim sim, List<HttpPeer> peers, HttpPeer peer) {
    return !sim.host("client" + peers.indexOf(peer)).isUp();
  }
}
