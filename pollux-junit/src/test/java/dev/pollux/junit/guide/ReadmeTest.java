package dev.pollux.junit.guide;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.pollux.junit.Simulated;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.WriteResult;
import dev.pollux.sim.Env;
import dev.pollux.sim.Host;
import dev.pollux.sim.LinkOptions;
import dev.pollux.sim.Sim;
import java.nio.ByteBuffer;
import java.time.Duration;

class ReadmeTest {

  private static final class Echo implements ConnectionHandler {
    @Override
    public void received(Connection connection, ByteBuffer data) {
      WriteResult _ = connection.write(data);
    }
  }

  private static void ask(Env env, String text, StringBuilder heard) throws Exception {
    Connection connection =
        Connection.connect(
            env.loop(),
            env.at("server", 7000),
            Duration.ofSeconds(10).toNanos(),
            ConnectionOptions.DEFAULT,
            (_, data) -> heard.append(US_ASCII.decode(data)));
    WriteResult _ = connection.write(text.getBytes(US_ASCII));
  }

  @Simulated(runs = 200)
  void whatIsSent_comesBack(Sim sim) throws Exception {
    StringBuilder heard = new StringBuilder();
    Host server = sim.host("server");
    Host client = sim.host("client");
    sim.link(server, client, LinkOptions.DEFAULT.withLoss(0.1));
    server.program(
        env -> Server.open(env.loop(), ServerOptions.at(env.any(7000)), _ -> new Echo()));
    client.program(env -> ask(env, "hello", heard));
    sim.eventually(Duration.ofMinutes(1), "echoed", () -> heard.toString().equals("hello"));
  }
}
