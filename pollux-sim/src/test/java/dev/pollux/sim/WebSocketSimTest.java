package dev.pollux.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpOptions;
import dev.pollux.http.HttpServer;
import dev.pollux.http.websocket.WebSocket;
import dev.pollux.http.websocket.WebSocketEnd;
import dev.pollux.http.websocket.WebSocketEndpoint;
import dev.pollux.http.websocket.WebSocketHandler;
import dev.pollux.http.websocket.WebSocketOptions;
import dev.pollux.model.Fault;
import dev.pollux.model.Faults;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.Server;
import dev.pollux.net.ServerListener;
import dev.pollux.net.ServerOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * WebSockets under faults: every message comes back once, in order, or the connection visibly ends;
 * whoever was opened hears its end; nothing leaks, and no loop spins.
 */
class WebSocketSimTest {

  private static final int RUNS = Integer.getInteger("pollux.ws.sims", 200);
  private static final long SEED = Long.getLong("pollux.seed", 1);
  private static final int PORT = PeerHosts.PORT;
  private static final Duration NEVER = Duration.ofDays(1);
  private static final Duration PATIENCE = PeerHosts.PATIENCE;
  private static final ServerListener QUIET = new ServerListener() {};
  private static final ConnectionOptions SMALL =
      ConnectionOptions.DEFAULT
          .withHighWaterBytes(20_000)
          .withMaxQueuedBytes(50_000)
          .withAllIdle(PATIENCE);

  /** Sends everything back, and now and then takes a while for it; counts beginnings and ends. */
  private static final class Echo implements WebSocketHandler {
    final Random random;
    int opened;
    int closed;

    Echo(Random random) {
      this.random = random;
    }

    @Override
    public void opened(WebSocket socket) {
      opened++;
    }

    @Override
    public void message(WebSocket socket, boolean isText, ByteBuffer data) {
      if (!socket.send(isText, data).isTaken()) {
        socket.reset(); // a hole is no echo
      }
      if (random.nextInt(10) == 0) {
        socket.pauseReading();
        var _ = socket.loop().schedule(3_000_000L, socket::resumeReading);
      }
    }

    @Override
    public void closed(WebSocket socket, WebSocketEnd end) {
      closed++;
    }
  }

  private record Scene(List<WebSocketPeer> peers, Echo echo) {

    boolean isEnded(Sim sim) {
      for (int i = 0; i < peers.size(); i++) {
        if (!peers.get(i).isOver && sim.host("client" + i).isUp()) {
          return false;
        }
      }
      return echo.opened == echo.closed;
    }
  }

  private static Scene scene(Sim sim, int count, LinkOptions links, Duration stopAfter)
      throws Exception {
    Echo echo = new Echo(new Random(sim.random().nextLong()));
    WebSocketOptions options =
        WebSocketOptions.DEFAULT.withMaxFrames(2).withRandom(new Random(sim.random().nextLong()));
    Host _ =
        sim.host("server")
            .program(env -> {
              Server opened =
                  Server.open(
                      env.loop(),
                      ServerOptions.at(env.any(PORT)).withConnection(SMALL),
                      HttpServer.handlers(
                          HttpOptions.DEFAULT, WebSocketEndpoint.of(options, _ -> echo)),
                      QUIET);
              sim.after(stopAfter, opened::stop);
            });
    List<WebSocketPeer> peers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Random random = new Random(sim.random().nextLong());
      WebSocketPeer peer = new WebSocketPeer(messages(random), 1 + random.nextInt(8), random);
      peers.add(peer);
      PeerHosts.connect(sim, i, links, peer);
    }
    sim.always("no wrong message", () -> peers.stream().allMatch(peer -> peer.wrong == null));
    return new Scene(peers, echo);
  }

  private static List<byte[]> messages(Random random) {
    List<byte[]> messages = new ArrayList<>();
    for (int left = 1 + random.nextInt(12); left > 0; left--) {
      byte[] message = new byte[random.nextInt(random.nextInt(8) == 0 ? 70_000 : 200)];
      for (int i = 0; i < message.length; i++) {
        message[i] = (byte) random.nextInt(128); // a text, too
      }
      messages.add(message);
    }
    return messages;
  }

  @Test
  void withoutFaults_everyMessageComesBack_andCloseIsAnswered() {
    SimReport report =
        Sim.seeds(RUNS / 2)
            .from(SEED)
            .run(sim -> {
              Scene scene = scene(sim, 3, LinkOptions.DEFAULT, NEVER);
              sim.eventually(
                  Duration.ofMinutes(1),
                  "all",
                  () -> scene.peers.stream().allMatch(WebSocketPeer::isDone));
              sim.eventually(Duration.ofMinutes(1), "ends", () -> scene.isEnded(sim));
            });
    assertEquals(RUNS / 2, report.runs(), report.toString());
  }

  @Test
  void lossAndJitter_everyMessageComesBack() {
    LinkOptions bad =
        LinkOptions.DEFAULT.withLoss(0.03).withJitter(Duration.ofMillis(20)).withDuplication(0.02);
    SimReport report =
        Sim.seeds(RUNS / 2)
            .from(SEED)
            .run(sim -> {
              Scene scene = scene(sim, 2, bad, NEVER);
              sim.eventually(
                  Duration.ofMinutes(10),
                  "all",
                  () -> scene.peers.stream().allMatch(WebSocketPeer::isDone));
              sim.eventually(Duration.ofMinutes(5), "ends", () -> scene.isEnded(sim));
            });
    assertEquals(RUNS / 2, report.runs(), report.toString());
  }

  @Test
  void anyFault_messagesComeBackOnce_orTheConnectionEnds() {
    SimReport report =
        Sim.seeds(RUNS)
            .from(SEED)
            .givingUpOn(IOException.class)
            .run(sim -> {
              LinkOptions links = LinkOptions.DEFAULT.withLoss(sim.random().nextInt(3) * 0.02);
              boolean stops = sim.random().nextInt(4) == 0;
              Scene scene = scene(sim, 3, links, stops ? Duration.ofMillis(15) : NEVER);
              sim.host("server")
                  .faults(Faults.swarm(sim.random().nextLong()).with(Fault.EMFILE, 0));
              PeerHosts.disturbFirst(sim, Duration.ofSeconds(90));
              sim.eventually(Duration.ofMinutes(15), "ends", () -> scene.isEnded(sim));
            });
    assertTrue(report.faults().getOrDefault(Fault.SHORT_WRITE.name(), 0) > 0, report.toString());
    assertTrue(report.faults().getOrDefault(Trouble.PARTITION.name(), 0) > 0, report.toString());
  }
}
