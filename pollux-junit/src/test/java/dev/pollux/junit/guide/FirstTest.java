package dev.pollux.junit.guide;

import dev.pollux.junit.Simulated;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.WriteResult;
import dev.pollux.sim.Host;
import dev.pollux.sim.LinkOptions;
import dev.pollux.sim.Sim;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

class FirstTest {

  /** What is tested: it sends back what comes. */
  private static final ConnectionHandler ECHO =
      (connection, data) -> {
        WriteResult _ = connection.write(data);
      };

  Duration patience = Duration.ofMinutes(1);

  @Simulated(runs = 200)
  void everyByteComesBack_thoughPacketsAreLost(Sim sim) throws Exception {
    AtomicInteger left = new AtomicInteger(100_000);
    Host server = sim.host("server");
    Host client = sim.host("client");
    sim.link(server, client, LinkOptions.DEFAULT.withLoss(0.05));
    server.program(env -> Server.open(env.loop(), ServerOptions.at(env.any(7000)), _ -> ECHO));
    client.program(env -> {
      Connection connection =
          Connection.connect(
              env.loop(),
              env.at("server", 7000),
              Duration.ofSeconds(10).toNanos(),
              ConnectionOptions.DEFAULT,
              (_, data) -> {
                left.addAndGet(-data.remaining());
                data.position(data.limit());
              });
      WriteResult _ = connection.write(ByteBuffer.allocate(left.get()));
    });
    sim.always("no more than was sent", () -> left.get() >= 0);
    sim.eventually(patience, "all of it", () -> left.get() == 0);
  }
}
