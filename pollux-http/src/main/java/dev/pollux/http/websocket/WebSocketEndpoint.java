package dev.pollux.http.websocket;

import dev.pollux.http.HttpException;
import dev.pollux.http.HttpFields;
import dev.pollux.http.HttpHandler;
import dev.pollux.http.HttpRequest;
import dev.pollux.http.HttpResponse;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Opens a {@link WebSocket} for whoever asks for one.
 *
 * <pre>{@code
 * HttpHandler echo = WebSocketEndpoint.of(request -> new WebSocketHandler() {
 *   public void text(WebSocket socket, String text) {
 *     socket.send(text);
 *   }
 * });
 * }</pre>
 *
 * <p>What is no such request is answered: 405 where it is no GET, 426 where no WebSocket is asked
 * for, or one of another version, 400 where a field of it is wrong, 403 where a page of an origin
 * asks that is {@linkplain WebSocketOptions#withOrigins not allowed}.
 *
 * <p>Immutable. Threads: any. Source: RFC 6455, 4.2.
 */
public final class WebSocketEndpoint implements HttpHandler {

  private final WebSocketOptions options;
  private final WebSocketFactory factory;

  private WebSocketEndpoint(WebSocketOptions options, WebSocketFactory factory) {
    this.options = Objects.requireNonNull(options, "options");
    this.factory = Objects.requireNonNull(factory, "factory");
  }

  /** With options by default. */
  public static WebSocketEndpoint of(WebSocketFactory factory) {
    return of(WebSocketOptions.DEFAULT, factory);
  }

  /** With other options. */
  public static WebSocketEndpoint of(WebSocketOptions options, WebSocketFactory factory) {
    return new WebSocketEndpoint(options, factory);
  }

  @Override
  public void handle(HttpRequest request, HttpResponse response) throws Exception {
    HttpFields fields = request.fields();
    if (!request.method().equals("GET")) {
      var _ = response.field("Allow", "GET");
      refuse(response, 405, "a WebSocket is asked for by GET");
    } else if (!request.asksToSwitchTo(Handshake.PROTOCOL)) {
      var _ = response.field("Upgrade", Handshake.PROTOCOL);
      refuse(response, 426, "here is a WebSocket, and nothing else");
    } else if (!fields.is(Handshake.VERSIONS, Handshake.VERSION)) {
      var _ = response.field("Upgrade", Handshake.PROTOCOL);
      var _ = response.field(Handshake.VERSIONS, Handshake.VERSION);
      refuse(response, 426, "the version of WebSockets is 13");
    } else if (request.body().length() != 0) {
      refuse(response, 400, "who asks for a WebSocket has no body to send");
    } else {
      open(request, response);
    }
  }

  private static void refuse(HttpResponse response, int status, String why) {
    var _ = response.status(status).send(why + "\n");
  }

  private void open(HttpRequest request, HttpResponse response) throws Exception {
    HttpFields fields = request.fields();
    List<String> keys = fields.all(Handshake.KEY);
    String key = keys.isEmpty() ? null : keys.getFirst();
    if (key == null || keys.size() > 1 || !Handshake.isKey(key)) {
      throw new HttpException(400, Handshake.KEY + " is no 16 bytes in base64");
    }
    String origin = fields.get("Origin");
    if (origin != null && !options.takesOrigin(origin, request.host())) {
      throw new HttpException(403, "pages of this origin are not taken");
    }
    Deflation deflation = deflation(fields);
    String subprotocol = subprotocol(fields);
    WebSocketHandler handler =
        Objects.requireNonNull(factory.begin(request), "the factory gave no handler");
    var _ = response.field(Handshake.ACCEPT, Handshake.accept(key));
    if (subprotocol != null) {
      var _ = response.field(Handshake.SUBPROTOCOL, subprotocol);
    }
    if (deflation != null) {
      var _ = response.field(Handshake.EXTENSIONS, deflation.answer());
    }
    Conversation next = new Conversation(options, handler, false, subprotocol, deflation);
    if (!response.switchTo(Handshake.PROTOCOL, next)) {
      next.neverOpened();
    }
  }

  private @Nullable String subprotocol(HttpFields fields) {
    List<String> offered = Handshake.list(fields, Handshake.SUBPROTOCOL);
    for (String known : options.subprotocols()) {
      if (offered.contains(known)) {
        return known;
      }
    }
    return null;
  }

  private @Nullable Deflation deflation(HttpFields fields) {
    try {
      List<ExtensionList.Extension> offers = ExtensionList.parse(fields.all(Handshake.EXTENSIONS));
      return options.compression() ? Deflation.accept(offers, options.contextTakeover()) : null;
    } catch (IllegalArgumentException e) {
      throw new HttpException(400, String.valueOf(e.getMessage()));
    }
  }
}
