package dev.pollux.sim;

import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionOptions;
import java.time.Duration;

/** What simulations of services have in common: peers on a host each, and what befalls one. */
final class PeerHosts {

  static final int PORT = 80;

  /** Of a connection that hears nothing: a reset may be lost. */
  static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final long CONNECT_NANOS = 20_000_000_000L; // 20 s

  private PeerHosts() {}

  /** Connects a peer to the host "server", from a host of its own. */
  static void connect(Sim sim, int index, LinkOptions links, ConnectionHandler peer)
      throws Exception {
    Host client = sim.host("client" + index);
    sim.link(sim.host("server"), client, links);
    client.program(env -> {
      var _ =
          Connection.connect(
              env.loop(),
              env.at("server", PORT),
              CONNECT_NANOS,
              ConnectionOptions.DEFAULT.withAllIdle(PATIENCE),
              peer);
    });
  }

  /** Has the first of them crash, be killed, be cut off for a while, or nothing. */
  static void disturbFirst(Sim sim, Duration healedAfter) {
    Host one = sim.host("client0");
    switch (sim.random().nextInt(5)) {
      case 0 -> sim.disturb(Duration.ofMillis(20), "crash", one::crash);
      case 1 -> sim.disturb(Duration.ofMillis(20), "kill", one::kill);
      case 2 -> {
        Host server = sim.host("server");
        sim.disturb(Duration.ofMillis(10), "partition", () -> sim.partition(server, one));
        sim.after(healedAfter, () -> sim.heal(server, one));
      }
      default -> {}
    }
  }
}
