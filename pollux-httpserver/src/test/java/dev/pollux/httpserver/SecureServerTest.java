package dev.pollux.httpserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server with TLS, and what its configurator has a say in. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SecureServerTest {

  private static final char[] PASSWORD = "secret".toCharArray();

  @TempDir static Path folder;
  private static SSLContext both;
  private static SSLContext nameless; // trusts, and shows nothing

  @BeforeAll
  static void makeKeys() throws Exception {
    Path file = folder.resolve("keys.p12");
    String arguments =
        "-genkeypair -alias a -keyalg EC -groupname secp256r1 -dname CN=localhost -validity 30"
            + " -ext san=dns:localhost,ip:127.0.0.1 -storetype PKCS12 -storepass secret -keystore";
    List<String> command = new CopyOnWriteArrayList<>(arguments.split(" ", -1));
    command.addFirst(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.add(file.toString());
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(keytool.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, keytool.waitFor(), said);
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, PASSWORD);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("a", store.getCertificate("a"));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    both = context(keys.getKeyManagers(), trust);
    nameless = context(null, trust);
  }

  private static SSLContext context(KeyManager @Nullable [] keys, TrustManagerFactory trust)
      throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, trust.getTrustManagers(), null);
    return context;
  }

  private static HttpsServer serve(HttpHandler handler, Consumer<HttpsParameters> configure)
      throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    HttpsServer server = HttpsServer.create(address, 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(both) {
          @Override
          public void configure(HttpsParameters parameters) {
            configure.accept(parameters);
          }
        });
    server.createContext("/", handler);
    server.start();
    return server;
  }

  private static HttpResponse<String> get(HttpsServer server, SSLContext with) throws Exception {
    try (HttpClient client = HttpClient.newBuilder().sslContext(with).build()) {
      URI uri = URI.create("https://localhost:" + server.getAddress().getPort() + "/");
      HttpRequest request = HttpRequest.newBuilder(uri).timeout(Served.MOST).build();
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void exchange_hasItsSession() throws Exception {
    HttpHandler handler =
        exchange -> {
          HttpsExchange secure = assertInstanceOf(HttpsExchange.class, exchange);
          byte[] protocol = secure.getSSLSession().getProtocol().getBytes(UTF_8);
          exchange.sendResponseHeaders(200, protocol.length);
          exchange.getResponseBody().write(protocol);
          exchange.close();
        };
    HttpsServer server = serve(handler, parameters -> {});
    try {
      assertEquals("TLSv1.3", get(server, nameless).body());
    } finally {
      server.stop(0);
    }
  }

  @Test
  void configurator_isAskedForEachConnection_andKnowsTheClient() throws Exception {
    List<InetSocketAddress> asked = new CopyOnWriteArrayList<>();
    List<InetSocketAddress> seen = new CopyOnWriteArrayList<>();
    HttpHandler handler =
        exchange -> {
          seen.add(exchange.getRemoteAddress());
          String protocol = ((HttpsExchange) exchange).getSSLSession().getProtocol();
          exchange.getResponseHeaders().set("Protocol", protocol);
          exchange.sendResponseHeaders(200, -1);
        };
    HttpsServer server =
        serve(
            handler,
            parameters -> {
              asked.add(parameters.getClientAddress());
              assertNotNull(parameters.getHttpsConfigurator());
              SSLParameters said = both.getDefaultSSLParameters();
              said.setProtocols(new String[] {"TLSv1.2"});
              parameters.setSSLParameters(said);
            });
    try {
      assertEquals(List.of("TLSv1.2"), get(server, nameless).headers().allValues("Protocol"));
      assertEquals(200, get(server, nameless).statusCode());
      assertEquals(2, asked.size());
      assertEquals(seen, asked);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void client_thatHasToShowACertificate_isKnownByIt() throws Exception {
    HttpHandler handler =
        exchange -> {
          byte[] name =
              ((HttpsExchange) exchange)
                  .getSSLSession()
                  .getPeerPrincipal()
                  .getName()
                  .getBytes(UTF_8);
          exchange.sendResponseHeaders(200, name.length);
          exchange.getResponseBody().write(name);
          exchange.close();
        };
    for (boolean isOld : new boolean[] {false, true}) {
      HttpsServer server = serve(handler, parameters -> need(parameters, isOld));
      try {
        assertEquals("CN=localhost", get(server, both).body());
        assertThrows(IOException.class, () -> get(server, nameless));
      } finally {
        server.stop(0);
      }
    }
  }

  @SuppressWarnings("deprecation")
  private static void need(HttpsParameters parameters, boolean isOld) {
    if (isOld) {
      parameters.setNeedClientAuth(true);
    } else {
      SSLParameters said = both.getDefaultSSLParameters();
      said.setNeedClientAuth(true);
      parameters.setSSLParameters(said);
    }
  }

  @Test
  void configurator_thatThrows_endsThatConnection() throws Exception {
    HttpsServer server =
        serve(
            exchange -> exchange.sendResponseHeaders(200, -1),
            parameters -> {
              throw new IllegalStateException("not today");
            });
    try {
      assertThrows(IOException.class, () -> get(server, nameless));
    } finally {
      server.stop(0);
    }
  }

  @Test
  void server_withoutAConfigurator_doesNotStart() throws Exception {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    assertThrows(IllegalStateException.class, server::start);
    assertThrows(NullPointerException.class, () -> server.setHttpsConfigurator(null));
    HttpsConfigurator configurator = new HttpsConfigurator(both);
    server.setHttpsConfigurator(configurator);
    assertEquals(configurator, server.getHttpsConfigurator());
    server.start();
    assertThrows(IllegalStateException.class, () -> server.setHttpsConfigurator(configurator));
    server.stop(0);
  }
}
