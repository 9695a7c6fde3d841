package dev.pollux.httpserver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpPrincipal;
import dev.pollux.http.HttpBlocking;
import dev.pollux.http.HttpException;
import dev.pollux.http.HttpFields;
import dev.pollux.http.HttpRequest;
import dev.pollux.http.HttpResponse;
import dev.pollux.net.Connection;
import dev.pollux.sys.SysException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A request and its answer, as the JDK's API has them: made on the loop, run on the thread that
 * handles it, and over when its streams are closed, by whatever thread. With TLS the program sees
 * it as a {@link SecureExchange}.
 *
 * <p>Threads: after {@link #run} has begun, one at a time.
 */
final class Exchange extends HttpExchange implements Runnable {

  private static final System.Logger LOGGER = System.getLogger("com.sun.net.httpserver");

  /** What follows from the answer, and no handler's field says. */
  private static final Set<String> FRAMING =
      Set.of("Content-length", "Transfer-encoding", "Connection", "Keep-alive", "Date", "Trailer");

  private static final int LAST_INFORMATIONAL = 199;
  private static final Set<Integer> WITHOUT_CONTENT = Set.of(204, 205, 304);
  private static final int NOT_MODIFIED = 304;

  private final Server server;
  private final Context context;
  private final HttpBlocking http;
  private final String method;
  private final URI uri;
  private final String protocol;
  private final Headers requestHeaders;
  private final Headers responseHeaders = new Headers();
  private final InetSocketAddress remote;
  private final InetSocketAddress local;
  private final @Nullable SSLSession session;
  private final RequestStream request;
  private final ResponseStream response;
  private InputStream shownRequest;
  private OutputStream shownResponse;
  private int status = -1;
  private boolean isClosed;
  private @Nullable HttpPrincipal principal;

  private Exchange(Server server, Context context, URI uri, HttpBlocking http) throws SysException {
    HttpRequest asked = http.request();
    Connection connection = asked.connection();
    this.server = server;
    this.context = context;
    this.http = http;
    this.uri = uri;
    this.method = asked.method();
    this.protocol = asked.protocol();
    this.requestHeaders = Headers.of(map(asked.fields()));
    this.remote = (InetSocketAddress) asked.remoteAddress();
    this.local = local(server, connection);
    this.session = connection.tlsSession();
    this.request = new RequestStream(http.input(), asked.fields().has("Expect"));
    this.response = new ResponseStream(http, request);
    this.shownRequest = request;
    this.shownResponse = response;
  }

  /** That of a request, on its loop; null if it was answered. */
  static @Nullable Exchange of(Server server, HttpRequest request, HttpResponse response) {
    URI uri;
    try {
      uri = new URI(request.target());
    } catch (URISyntaxException e) {
      refuse(response, 400, "URISyntaxException thrown");
      return null;
    }
    String path = uri.getPath();
    Context context = path == null ? null : server.contexts().find(path);
    if (context == null) {
      refuse(response, 404, "No context found for request");
      return null;
    }
    if (context.getHandler() == null) {
      refuse(response, 500, "No handler for context");
      return null;
    }
    try {
      return new Exchange(server, context, uri, HttpBlocking.open(request, response));
    } catch (SysException e) { // the client is gone
      request.fail(e);
      return null;
    }
  }

  private static void refuse(HttpResponse response, int status, String why) {
    String page = "<h1>" + status + "</h1>" + why;
    var _ = response.status(status).type("text/html").last().send(page.getBytes(ISO_8859_1));
  }

  private static Map<String, List<String>> map(HttpFields fields) {
    Map<String, List<String>> result = LinkedHashMap.newLinkedHashMap(fields.count());
    for (int i = 0; i < fields.count(); i++) {
      String name = normal(fields.name(i));
      result.computeIfAbsent(name, _ -> new ArrayList<>(1)).add(fields.value(i));
    }
    return result;
  }

  /** As {@link Headers} has names: so that those of one field meet. */
  private static String normal(String name) {
    return name.substring(0, 1).toUpperCase(Locale.ROOT)
        + name.substring(1).toLowerCase(Locale.ROOT);
  }

  private static InetSocketAddress local(Server server, Connection connection) throws SysException {
    InetSocketAddress bound = server.getAddress();
    return bound != null && !bound.getAddress().isAnyLocalAddress()
        ? bound
        : (InetSocketAddress) connection.localAddress();
  }

  // ---- how it is handled

  @Override
  public void run() {
    HttpExchange shown = server.isSecure() ? new SecureExchange(this) : this;
    try {
      new Filter.Chain(context.getFilters(), this::authenticate).doFilter(shown);
    } catch (Throwable t) {
      fail(t);
    }
  }

  /** Behind the program's filters, as the JDK has it. */
  private void authenticate(HttpExchange shown) throws IOException {
    HttpHandler handler = Objects.requireNonNull(context.getHandler());
    var authenticator = context.getAuthenticator();
    if (authenticator == null) {
      handler.handle(shown);
      return;
    }
    switch (authenticator.authenticate(shown)) {
      case com.sun.net.httpserver.Authenticator.Success success -> {
        principal = success.getPrincipal();
        handler.handle(shown);
      }
      case com.sun.net.httpserver.Authenticator.Retry retry ->
          turnAway(shown, retry.getResponseCode());
      case com.sun.net.httpserver.Authenticator.Failure failure ->
          turnAway(shown, failure.getResponseCode());
      default -> throw new IllegalStateException("no result of an Authenticator");
    }
  }

  private static void turnAway(HttpExchange shown, int code) throws IOException {
    shown.getRequestBody().close();
    shown.sendResponseHeaders(code, -1);
  }

  /** As the JDK has it, no answer is made of it; what was answered before stays. */
  private void fail(Throwable thrown) {
    isClosed = true;
    http.abort(thrown);
  }

  /** Answers in the place of a handler that no thread was to be had for. */
  void refuse(HttpException answer, Throwable cause) {
    LOGGER.log(System.Logger.Level.DEBUG, "the executor refused " + method + " " + uri, cause);
    isClosed = true;
    http.fail(answer);
  }

  // ---- what the program does with it

  @Override
  public Headers getRequestHeaders() {
    return requestHeaders;
  }

  @Override
  public Headers getResponseHeaders() {
    return responseHeaders;
  }

  @Override
  public URI getRequestURI() {
    return uri;
  }

  @Override
  public String getRequestMethod() {
    return method;
  }

  @Override
  public HttpContext getHttpContext() {
    return context;
  }

  @Override
  public InputStream getRequestBody() {
    return shownRequest;
  }

  @Override
  public OutputStream getResponseBody() {
    return shownResponse;
  }

  @Override
  public void setStreams(@Nullable InputStream newRequest, @Nullable OutputStream newResponse) {
    shownRequest = newRequest == null ? shownRequest : newRequest;
    shownResponse = newResponse == null ? shownResponse : newResponse;
  }

  @Override
  public InetSocketAddress getRemoteAddress() {
    return remote;
  }

  @Override
  public InetSocketAddress getLocalAddress() {
    return local;
  }

  @Override
  public String getProtocol() {
    return protocol;
  }

  /** The session of a connection with TLS. */
  @Nullable SSLSession session() {
    return session;
  }

  /** -1 if there is none yet. */
  @Override
  public int getResponseCode() {
    return status;
  }

  @Override
  public @Nullable HttpPrincipal getPrincipal() {
    return principal;
  }

  @Override
  public @Nullable Object getAttribute(String name) {
    return context.getAttributes().get(Objects.requireNonNull(name, "null name parameter"));
  }

  @Override
  public void setAttribute(String name, @Nullable Object value) {
    Objects.requireNonNull(name, "null name parameter");
    if (value == null) {
      var _ = context.getAttributes().remove(name);
    } else {
      context.getAttributes().put(name, value);
    }
  }

  /** Sends the head: before content of so many bytes, or for 0 of a number not known, or none. */
  @Override
  public void sendResponseHeaders(int code, long length) throws IOException {
    if (status >= 0) {
      throw new IOException("headers already sent");
    }
    if (isClosed) {
      throw new IOException("the exchange is closed");
    }
    if (length < -1) {
      throw new IllegalArgumentException("Content-Length: " + length);
    }
    boolean isBodiless = code <= LAST_INFORMATIONAL || WITHOUT_CONTENT.contains(code);
    if (isBodiless && length != -1) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          "sendResponseHeaders: rCode = " + code + ": forcing contentLen = -1");
    }
    boolean isHead = method.equals("HEAD");
    if (isHead && length >= 0) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          "sendResponseHeaders: being invoked with a content length for a HEAD request");
    }
    var _ = http.status(code);
    putFields();
    status = code;
    if (isBodiless || isHead || length < 0) {
      declare(isHead, isHead || code == NOT_MODIFIED, length);
      response.open(0);
      close(response); // nothing is to come, and what a filter has around it may think else
    } else if (length == 0) {
      responseHeaders.set("Transfer-encoding", "chunked");
      var _ = http.streamed();
      response.open(ResponseStream.UNKNOWN);
    } else {
      responseHeaders.set("Content-length", String.valueOf(length));
      var _ = http.length(length);
      response.open(length);
    }
  }

  /**
   * To HEAD, and with 304, the length that the program says the content would have; to HEAD none
   * where it says none.
   */
  private void declare(boolean isHead, boolean isTold, long length) {
    String said = isTold ? responseHeaders.getFirst("Content-length") : null;
    if (said != null && said.strip().matches("[0-9]{1,18}")) {
      var _ = http.length(Long.parseLong(said.strip()));
    } else if (isHead && length > 0) {
      var _ = http.length(length);
    } else if (isHead) {
      var _ = http.streamed();
    }
  }

  private void putFields() {
    var _ = http.removeFields(); // of a head that was refused
    for (Map.Entry<String, List<String>> field : responseHeaders.entrySet()) {
      String name = field.getKey();
      for (String value : field.getValue()) {
        if (!FRAMING.contains(name)) {
          var _ = http.addField(name, value.strip());
        } else if (name.equals("Connection") && value.equalsIgnoreCase("close")) {
          var _ = http.last();
        }
      }
    }
  }

  /** Ends it in order if it was answered; else its connection is. */
  @Override
  public void close() {
    close(shownResponse);
  }

  private void close(OutputStream answer) {
    if (isClosed) {
      return;
    }
    isClosed = true;
    request.close();
    if (!response.isOpened()) {
      http.abort();
      return;
    }
    try {
      answer.close();
    } catch (IOException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "the answer to " + method + " " + uri + " is lost", e);
      http.abort();
    }
  }

  @Override
  public String toString() {
    return method + " " + uri;
  }
}
