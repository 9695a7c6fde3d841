package dev.pollux.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpHandler;
import dev.pollux.http.HttpOptions;
import dev.pollux.http.HttpServer;
import dev.pollux.http.client.ClientOptions;
import dev.pollux.http.proxy.ProxyOptions;
import dev.pollux.http.proxy.ReverseProxy;
import dev.pollux.model.Fault;
import dev.pollux.model.Faults;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.Server;
import dev.pollux.net.ServerListener;
import dev.pollux.net.ServerOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Clients, a proxy, and two servers behind it, under faults: every request is answered once, by
 * what it asked for, or by 502, 503 or 504, or its connection visibly ends; none that is not
 * idempotent is done twice; nothing leaks.
 */
class ProxySimTest {

  private static final int RUNS = Integer.getInteger("pollux.http.proxysims", 200);
  private static final long SEED = Long.getLong("pollux.seed", 1);
  private static final int PORT = PeerHosts.PORT;
  private static final Duration PATIENCE = PeerHosts.PATIENCE;
  private static final ServerListener QUIET = new ServerListener() {};
  private static final String MARK = "X-Ask";

  private final Map<String, Integer> done = new HashMap<>(); // what is not idempotent

  /** A server behind, which counts what it does. */
  private void behind(Sim sim, String name) throws Exception {
    HttpHandler service = HttpSimTest.service();
    HttpHandler counting =
        (request, response) -> {
          if (request.method().equals("POST")) {
            var _ = done.merge(String.valueOf(request.field(MARK)), 1, Integer::sum);
          }
          service.handle(request, response);
        };
    Host _ =
        sim.host(name)
            .program(env -> {
              Server _ =
                  Server.open(
                      env.loop(),
                      ServerOptions.at(env.any(PORT)),
                      HttpServer.handlers(HttpOptions.DEFAULT, counting),
                      QUIET);
            });
  }

  private static void proxy(Sim sim, boolean looks) throws Exception {
    Host _ =
        sim.host("server")
            .program(env -> {
              ClientOptions client =
                  ProxyOptions.DEFAULT
                      .client()
                      .withResolver(env.resolver())
                      .withConnection(ConnectionOptions.DEFAULT.withAllIdle(PATIENCE));
              ProxyOptions options =
                  ProxyOptions.DEFAULT
                      .withClient(client)
                      .withHealthPath(looks ? "/now/health" : null)
                      .withHealthInterval(Duration.ofSeconds(20));
              ReverseProxy proxy =
                  ReverseProxy.to(options, List.of("http://one:" + PORT, "http://two:" + PORT));
              Server _ =
                  Server.open(
                      env.loop(),
                      ServerOptions.at(env.any(PORT)),
                      HttpServer.handlers(HttpOptions.DEFAULT, proxy),
                      QUIET);
              env.loop().schedule(Duration.ofMinutes(20).toNanos(), proxy::close);
            });
  }

  /** Clients on a host each. */
  private List<HttpPeer> clients(Sim sim, int count, LinkOptions front, LinkOptions back)
      throws Exception {
    done.clear();
    behind(sim, "one");
    behind(sim, "two");
    proxy(sim, sim.random().nextInt(3) == 0);
    Host proxy = sim.host("server");
    sim.link(proxy, sim.host("one"), back);
    sim.link(proxy, sim.host("two"), back);
    List<HttpPeer> peers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Random random = new Random(sim.random().nextLong());
      List<HttpPeer.Ask> asks = new ArrayList<>();
      for (int left = 1 + random.nextInt(12); left > 0; left--) {
        HttpPeer.Ask ask = HttpSimTest.ask(random, asks.size());
        String mark = MARK + ": " + i + "-" + asks.size() + "\r\nHost:";
        asks.add(new HttpPeer.Ask(ask.request().replaceFirst("Host:", mark), ask.answer()));
      }
      HttpPeer peer = new HttpPeer(asks, 1 + random.nextInt(6), random);
      peer.isProxied = true;
      peers.add(peer);
      PeerHosts.connect(sim, i, front, peer);
    }
    sim.always("no wrong answer", () -> peers.stream().allMatch(peer -> peer.wrong == null));
    sim.always("nothing is done twice", () -> done.values().stream().allMatch(n -> n == 1));
    return peers;
  }

  @Test
  void lossAndJitter_everyRequestIsAnsweredRightly() {
    LinkOptions bad =
        LinkOptions.DEFAULT.withLoss(0.02).withJitter(Duration.ofMillis(20)).withDuplication(0.02);
    SimReport report =
        Sim.seeds(RUNS / 2)
            .from(SEED)
            .run(sim -> {
              boolean isFrontBad = sim.random().nextBoolean();
              List<HttpPeer> peers =
                  clients(
                      sim,
                      2,
                      isFrontBad ? bad : LinkOptions.DEFAULT,
                      isFrontBad ? LinkOptions.DEFAULT : bad);
              sim.eventually(
                  Duration.ofMinutes(10), "all", () -> peers.stream().allMatch(HttpPeer::isDone));
              sim.always("no failure", () -> peers.stream().allMatch(peer -> peer.failed == 0));
            });
    assertEquals(RUNS / 2, report.runs(), report.toString());
  }

  @Test
  void anyFault_aRequestIsAnsweredOnce_orItsConnectionEnds() {
    SimReport report =
        Sim.seeds(RUNS)
            .from(SEED)
            .givingUpOn(IOException.class)
            .run(sim -> {
              LinkOptions links = LinkOptions.DEFAULT.withLoss(sim.random().nextInt(3) * 0.02);
              List<HttpPeer> peers = clients(sim, 3, LinkOptions.DEFAULT, links);
              Host proxy = sim.host("server");
              if (sim.random().nextInt(3) == 0) {
                proxy.faults(Faults.swarm(sim.random().nextLong()).with(Fault.EMFILE, 0));
              }
              disturb(sim);
              if (sim.random().nextInt(4) == 0) {
                sim.disturb(Duration.ofMillis(25), "client", sim.host("client0")::crash);
              }
              sim.eventually(
                  Duration.ofMinutes(15),
                  "answers or ends",
                  () -> peers.stream().allMatch(peer -> isOver(sim, peers, peer)));
              sim.sometimes(
                  "a failure is answered", () -> peers.stream().anyMatch(peer -> peer.failed > 0));
            });
    assertTrue(report.faults().getOrDefault(Trouble.PARTITION.name(), 0) > 0, report.toString());
  }

  /** Something happens to a server. */
  private static void disturb(Sim sim) {
    Host one = sim.host("one");
    Host proxy = sim.host("server");
    Duration when = Duration.ofMillis(2 + sim.random().nextInt(40));
    switch (sim.random().nextInt(6)) {
      case 0 -> sim.disturb(when, "crash", one::crash);
      case 1 -> {
        sim.disturb(when, "kill", one::kill);
        sim.after(when.plusMillis(200), one::restart);
      }
      case 2 -> {
        sim.disturb(when, "partition", () -> sim.partition(proxy, one));
        sim.after(Duration.ofSeconds(30), () -> sim.heal(proxy, one));
      }
      case 3 -> {
        sim.disturb(when, "kill", one::kill);
        sim.disturb(when.plusMillis(5), "kill", sim.host("two")::kill);
      }
      case 4 -> one.faults(Faults.swarm(sim.random().nextLong()).with(Fault.EMFILE, 0));
      default -> {}
    }
  }

  private static boolean isOver(Sim sim, List<HttpPeer> peers, HttpPeer peer) {
    return peer.isDone() || peer.isOver || !sim.host("client" + peers.indexOf(peer)).isUp();
  }
}
