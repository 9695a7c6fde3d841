package consumer;

import dev.pollux.http.HttpOptions;
import dev.pollux.http.HttpServer;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.micrometer.PolluxHttpMetrics;
import dev.pollux.micrometer.PolluxLoopMetrics;
import dev.pollux.micrometer.PolluxServerMetrics;
import dev.pollux.net.ServerOptions;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** A service that is asked once, and says what came back if it was counted. */
public final class Measured {

  private Measured() {}

  /** Takes no arguments. */
  public static void main(String[] args) throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    try (PolluxHttpMetrics http = new PolluxHttpMetrics(Tags.empty());
        LoopGroup loops = LoopGroup.start(1, LoopOptions.DEFAULT);
        HttpServer server =
            HttpServer.start(
                loops,
                ServerOptions.at(any),
                HttpOptions.DEFAULT.withObserver(http),
                (request, response) -> response.send(request.path().substring(1)));
        PolluxServerMetrics connections = new PolluxServerMetrics(server.server(), Tags.empty());
        PolluxLoopMetrics ofLoops = new PolluxLoopMetrics(loops, Tags.empty());
        HttpClient client = HttpClient.newHttpClient()) {
      http.bindTo(registry);
      connections.bindTo(registry);
      ofLoops.bindTo(registry);
      int port = ((InetSocketAddress) server.address()).getPort();
      URI uri = URI.create("http://127.0.0.1:" + port + "/hello");
      HttpRequest hello = HttpRequest.newBuilder(uri).build();
      String said = client.send(hello, BodyHandlers.ofString()).body();
      long count = registry.get("http.server.requests").tag("status", "200").timer().count();
      double accepted =
          registry.get("pollux.server.connections.accepted").functionCounter().count();
      boolean isCounted = count == 1 && accepted == 1;
      System.out.println(isCounted ? "echoed: " + said : registry.getMetersAsString());
    }
  }
}
