package dev.pollux.sim.guide;

import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.sim.Host;
import dev.pollux.sim.LinkOptions;
import dev.pollux.sim.Sim;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FirstTest {

  private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

  @Test
  void everyByteComesBack_thoughPacketsAreLost() {
    Sim.seeds(200)
        .run(sim -> {
          AtomicInteger left = new AtomicInteger(100_000);
          Host server = sim.host("server");
          Host client = sim.host("client");
          sim.link(server, client, LinkOptions.DEFAULT.withLoss(0.05));
          server.program(env ->
              Server.open(
                  env.loop(),
                  ServerOptions.at(env.any(7000)),
                  _ -> (connection, data) -> connection.write(data)));
          client.program(env ->
              Connection.connect(
                      env.loop(),
                      env.at("server", 7000),
                      TEN_SECONDS.toNanos(),
                      ConnectionOptions.DEFAULT,
                      (_, data) -> {
                        left.addAndGet(-data.remaining());
                        data.position(data.limit());
                      })
                  .write(ByteBuffer.allocate(left.get())));
          sim.always("no more than was sent", () -> left.get() >= 0);
          sim.eventually(Duration.ofMinutes(1), "all of it", () -> left.get() == 0);
        });
  }
}
