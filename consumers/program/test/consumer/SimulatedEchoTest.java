package consumer;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.pollux.junit.Simulated;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.sim.LinkOptions;
import dev.pollux.sim.Sim;
import java.time.Duration;

/** The echo on hosts that are not there, over a link that loses. */
class SimulatedEchoTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Simulated(runs = 50, repeated = true)
  void whatIsSent_comesBack(Sim sim) throws Exception {
    StringBuilder answer = new StringBuilder();
    sim.link(sim.host("server"), sim.host("client"), LinkOptions.DEFAULT.withLoss(0.1));
    sim.host("server")
        .program(
            env -> Server.open(env.loop(), ServerOptions.at(env.any(7000)), _ -> Echo.handler()));
    sim.host("client")
        .program(
            env -> {
              Connection connection =
                  Connection.connect(
                      env.loop(),
                      env.at("server", 7000),
                      MINUTE.toNanos(),
                      ConnectionOptions.DEFAULT,
                      (_, data) -> answer.append(US_ASCII.decode(data)));
              var _ = connection.write("hello".getBytes(US_ASCII));
            });
    sim.eventually(MINUTE, "echoed", () -> answer.toString().equals("hello"));
  }
}
