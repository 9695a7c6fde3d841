package dev.pollux.http.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpHandler;
import dev.pollux.http.HttpKeys;
import dev.pollux.http.HttpServer;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.Tls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Asking by https: who the server has to be, and what is agreed on. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ClientTlsTest {

  private static final TlsFactory TRUSTING =
      (host, port) ->
          Tls.client(HttpKeys.context(), host, port).withApplicationProtocols("http/1.1");

  /** What is done with a client and a server. */
  private interface Run {
    void with(BlockingClient client, int port) throws Exception;
  }

  private static void serve(Tls tls, TlsFactory factory, HttpHandler handler, Run run)
      throws Exception {
    InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    try (LoopGroup loops = LoopGroup.start(1, LoopOptions.DEFAULT);
        HttpServer server = HttpServer.start(loops, ServerOptions.at(any).withTls(tls), handler)) {
      EventLoop loop = loops.next();
      ClientOptions options =
          ClientOptions.DEFAULT
              .withTls(factory)
              .withResolver((_, answer) -> answer.resolved(List.of(any.getAddress())));
      HttpClient client = HttpClient.of(loop, options);
      run.with(client.blocking(), ((InetSocketAddress) server.address()).getPort());
      loop.execute(client::close);
    }
  }

  private static FailureReason reason(BlockingClient client, String uri) {
    return assertThrows(ClientException.class, () -> client.send(ClientRequest.get(uri))).reason();
  }

  @Test
  void https_isAsked_overOneConnection() throws Exception {
    List<String> peers = new CopyOnWriteArrayList<>();
    HttpHandler handler =
        (request, response) -> {
          peers.add(String.valueOf(request.remoteAddress()));
          response.send(request.scheme() + " " + request.host());
        };
    serve(
        Tls.server(HttpKeys.context()),
        TRUSTING,
        handler,
        (client, port) -> {
          for (int i = 0; i < 3; i++) {
            WholeAnswer answer = client.send(ClientRequest.get("https://localhost:" + port));
            assertEquals("https localhost:" + port, answer.text());
          }
          assertEquals(1, peers.stream().distinct().count());
          assertEquals(
              "https 127.0.0.1:" + port,
              client.send(ClientRequest.get("https://127.0.0.1:" + port)).text());
        });
  }

  @Test
  void server_thatIsSomebodyElse_orNotTrusted_isNotAsked() throws Exception {
    List<String> asked = new CopyOnWriteArrayList<>();
    HttpHandler handler =
        (request, response) -> {
          asked.add(request.target());
          response.send("no");
        };
    Tls tls = Tls.server(HttpKeys.context());
    serve(
        tls,
        TRUSTING,
        handler,
        (client, port) -> {
          String uri = "https://example.test:" + port + "/";
          assertEquals(FailureReason.TLS_FAILED, reason(client, uri));
        });
    serve(
        tls,
        TlsFactory.DEFAULT,
        handler,
        (client, port) -> {
          String uri = "https://localhost:" + port + "/";
          ClientException thrown =
              assertThrows(ClientException.class, () -> client.send(ClientRequest.get(uri)));
          assertEquals(FailureReason.TLS_FAILED, thrown.reason());
          assertFalse(thrown.isSent());
          assertTrue(thrown.getMessage().contains("localhost"), thrown.getMessage());
        });
    assertEquals(List.of(), asked);
  }

  @Test
  void certificate_ofTheClient_isShown_orMissing() throws Exception {
    HttpHandler handler = (_, response) -> response.send("known");
    Tls insisting = Tls.server(HttpKeys.context()).withClientCertificate();
    serve(
        insisting,
        TRUSTING,
        handler,
        (client, port) ->
            assertEquals(
                "known", client.send(ClientRequest.get("https://localhost:" + port)).text()));
    SSLContext bare = SSLContext.getInstance("TLS");
    bare.init(null, HttpKeys.trust(), null);
    serve(
        insisting,
        (host, port) -> Tls.client(bare, host, port),
        handler,
        (client, port) ->
            assertEquals(FailureReason.TLS_FAILED, reason(client, "https://localhost:" + port)));
  }

  @Test
  void http_toATlsServer_andTheReverse_fail() throws Exception {
    HttpHandler handler = (_, response) -> response.send("no");
    serve(
        Tls.server(HttpKeys.context()),
        TRUSTING,
        handler,
        (client, port) -> {
          FailureReason reason = reason(client, "http://localhost:" + port);
          assertTrue(
              reason == FailureReason.BAD_ANSWER || reason == FailureReason.CLOSED_EARLY,
              reason + "");
        });
  }

  @Test
  void tlsFactory_thatThrows_isAFailure() throws Exception {
    serve(
        Tls.server(HttpKeys.context()),
        (_, _) -> {
          throw new IllegalArgumentException("no such name");
        },
        (_, response) -> response.send("no"),
        (client, port) ->
            assertEquals(
                FailureReason.CONNECT_FAILED, reason(client, "https://localhost:" + port)));
  }
}
