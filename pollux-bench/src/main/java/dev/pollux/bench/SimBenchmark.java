package dev.pollux.bench;

import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.WriteResult;
import dev.pollux.sim.Env;
import dev.pollux.sim.Sim;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Simulated runs of an echo server and its peers, by the processor time of the calling thread. */
final class SimBenchmark {

  private static final int PEERS = 8;
  private static final int MESSAGES = 32;
  private static final int MESSAGE_BYTES = 64;
  private static final int PORT = 7_000;
  private static final int RUNS_AT_ONCE = 20;
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final double NANOS_PER_SECOND = 1e9;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** Where the peers are. */
  enum Peers {
    EACH_ON_A_HOST("on a host each"),
    ON_ONE_HOST("on one host");

    final String where;

    Peers(String where) {
      this.where = where;
    }
  }

  /** Means over many runs. */
  record Result(double runsPerSecond, double stepsPerRun) {}

  /** Sends a message, and the next one when it has come back. */
  private static final class Peer implements ConnectionHandler {
    private final ByteBuffer message = ByteBuffer.allocate(MESSAGE_BYTES);
    private int left = MESSAGES;
    private int receivedBytes;

    @Override
    public void opened(Connection connection) {
      send(connection);
    }

    @Override
    public void received(Connection connection, ByteBuffer data) {
      receivedBytes += data.remaining();
      var _ = data.position(data.limit());
      if (receivedBytes == MESSAGE_BYTES) {
        receivedBytes = 0;
        left--;
        if (left > 0) {
          send(connection);
        } else {
          connection.close();
        }
      }
    }

    private void send(Connection connection) {
      WriteResult _ = connection.write(message.clear());
    }
  }

  private SimBenchmark() {}

  /** Runs for at least so much processor time. */
  static Result run(Peers where, double seconds) {
    long begin = THREADS.getCurrentThreadCpuTime();
    double nanos = 0;
    int runs = 0;
    long steps = 0;
    while (nanos < seconds * NANOS_PER_SECOND) {
      steps += Sim.seeds(RUNS_AT_ONCE).run(sim -> echo(sim, where)).steps();
      runs += RUNS_AT_ONCE;
      nanos = THREADS.getCurrentThreadCpuTime() - begin;
    }
    return new Result(runs * NANOS_PER_SECOND / nanos, (double) steps / runs);
  }

  private static void echo(Sim sim, Peers where) throws Exception {
    var _ =
        sim.host("server")
            .program(env ->
                Server.open(env.loop(), ServerOptions.at(env.any(PORT)), _ -> SimBenchmark::echo));
    List<Peer> peers = new ArrayList<>();
    if (where == Peers.ON_ONE_HOST) {
      var _ =
          sim.host("peers")
              .program(env -> {
                for (int i = 0; i < PEERS; i++) {
                  connect(env, peers);
                }
              });
    } else {
      for (int i = 0; i < PEERS; i++) {
        var _ = sim.host("peer" + i).program(env -> connect(env, peers));
      }
    }
    sim.eventually(PATIENCE, "all have all", () -> peers.stream().allMatch(peer -> peer.left == 0));
  }

  private static void echo(Connection connection, ByteBuffer data) {
    WriteResult _ = connection.write(data);
  }

  private static void connect(Env env, List<Peer> peers) throws Exception {
    Peer peer = new Peer();
    boolean _ = peers.add(peer);
    Connection _ =
        Connection.connect(
            env.loop(),
            env.at("server", PORT),
            PATIENCE.toNanos(),
            ConnectionOptions.DEFAULT,
            peer);
  }
}
