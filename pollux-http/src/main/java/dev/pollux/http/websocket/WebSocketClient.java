package dev.pollux.http.websocket;

import dev.pollux.http.HttpFields;
import dev.pollux.http.client.ClientAnswer;
import dev.pollux.http.client.ClientCall;
import dev.pollux.http.client.ClientException;
import dev.pollux.http.client.ClientHandler;
import dev.pollux.http.client.ClientRequest;
import dev.pollux.http.client.HttpClient;
import dev.pollux.net.Connection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Opens {@link WebSocket}s to servers.
 *
 * <pre>{@code
 * WebSocketClient client = WebSocketClient.of(HttpClient.of(loop));
 * client.connect("ws://127.0.0.1:8080/chat", handler, failure -> tryLater());
 * }</pre>
 *
 * <p>Names, TLS, timeouts and redirects are those of the {@link HttpClient}: by default none is
 * followed; with {@code withRedirects} so many are, also to the schemes ws and wss, but not from
 * wss to ws unless its options say so. Its limit on connections counts one until it is open, and no
 * longer. Each is closed by its own means; closing the client leaves it alone.
 *
 * <p>Threads: the loop's. Source: RFC 6455, 4.1.
 */
public final class WebSocketClient {

  private final HttpClient http;
  private final WebSocketOptions options;

  private WebSocketClient(HttpClient http, WebSocketOptions options) {
    this.http = http;
    this.options = options;
  }

  /** With options by default. */
  public static WebSocketClient of(HttpClient http) {
    return of(http, WebSocketOptions.DEFAULT);
  }

  /** With other options. */
  public static WebSocketClient of(HttpClient http, WebSocketOptions options) {
    return new WebSocketClient(
        Objects.requireNonNull(http, "http"), Objects.requireNonNull(options, "options"));
  }

  /**
   * Opens one.
   *
   * @param uri of the scheme ws or wss, or http or https
   * @param failed told why it is not opened, if it is not; the handler hears nothing then
   * @return what it can be given up by, until it is open
   */
  public ClientCall connect(String uri, WebSocketHandler handler, Consumer<IOException> failed) {
    return connect(ClientRequest.get(httpUri(uri)), handler, failed);
  }

  /**
   * Opens one by a request that says more: an origin, who asks.
   *
   * @param request by GET, without a body
   * @throws IllegalArgumentException if it is another one
   */
  public ClientCall connect(
      ClientRequest request, WebSocketHandler handler, Consumer<IOException> failed) {
    if (!request.method().equals("GET") || request.hasBody()) {
      throw new IllegalArgumentException(
          "a WebSocket is asked for by GET, without a body, and not by " + request);
    }
    String key = Handshake.newKey(options.random());
    ClientRequest asking =
        request
            .withUpgrade(Handshake.PROTOCOL)
            .withField(Handshake.VERSIONS, Handshake.VERSION)
            .withField(Handshake.KEY, key);
    if (!options.subprotocols().isEmpty()) {
      String offered = String.join(", ", options.subprotocols());
      asking = asking.withField(Handshake.SUBPROTOCOL, offered);
    }
    if (options.compression()) {
      String offer = Deflation.offer(options.contextTakeover());
      asking = asking.withField(Handshake.EXTENSIONS, offer);
    }
    return http.send(asking, new Opening(options, handler, failed, Handshake.accept(key)));
  }

  private static String httpUri(String uri) {
    String small = uri.substring(0, Math.min(uri.length(), 4)).toLowerCase(Locale.ROOT);
    if (small.startsWith("ws:") || small.equals("wss:")) {
      return "http" + uri.substring(2);
    }
    return uri;
  }

  /** One that is being opened. */
  private static final class Opening implements ClientHandler {

    private final WebSocketOptions options;
    private final WebSocketHandler handler;
    private final Consumer<IOException> failed;
    private final String accept;
    private @Nullable HandshakeException problem;

    Opening(
        WebSocketOptions options,
        WebSocketHandler handler,
        Consumer<IOException> failed,
        String accept) {
      this.options = options;
      this.handler = Objects.requireNonNull(handler, "handler");
      this.failed = Objects.requireNonNull(failed, "failed");
      this.accept = accept;
    }

    @Override
    public void answered(ClientCall call, ClientAnswer answer) {
      String why = call.request() + ": no WebSocket is opened, the answer is " + answer.status();
      problem = new HandshakeException(answer.status(), why);
      call.cancel(); // whatever it says
    }

    @Override
    public void data(ClientCall call, ByteBuffer data) {}

    @Override
    public void ended(ClientCall call, HttpFields trailers) {}

    @Override
    public void failed(ClientCall call, ClientException failure) {
      IOException known = problem;
      failed.accept(known == null ? failure : known);
    }

    @Override
    public void switched(ClientCall call, ClientAnswer answer, Connection connection)
        throws HandshakeException {
      try {
        connection.setHandler(begin(answer));
        connection.resumeReading();
      } catch (IllegalArgumentException e) {
        problem = new HandshakeException(answer.status(), call.request() + ": " + e.getMessage());
        throw problem;
      }
    }

    private Conversation begin(ClientAnswer answer) {
      HttpFields fields = answer.fields();
      List<String> shown = fields.all(Handshake.ACCEPT);
      if (shown.size() != 1 || !shown.getFirst().equals(accept)) {
        throw new IllegalArgumentException("the server has not read the key");
      }
      List<String> said = Handshake.list(fields, Handshake.SUBPROTOCOL);
      if (said.size() > 1 || !options.subprotocols().containsAll(said)) {
        throw new IllegalArgumentException("the server takes a subprotocol that was not offered");
      }
      List<ExtensionList.Extension> agreed = ExtensionList.parse(fields.all(Handshake.EXTENSIONS));
      if (agreed.size() > (options.compression() ? 1 : 0)) {
        throw new IllegalArgumentException("the server agrees to what was not offered");
      }
      Deflation deflation =
          agreed.isEmpty()
              ? null
              : Deflation.accepted(agreed.getFirst(), options.contextTakeover());
      String subprotocol = said.isEmpty() ? null : said.getFirst();
      return new Conversation(options, handler, true, subprotocol, deflation);
    }
  }
}
