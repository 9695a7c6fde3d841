package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pollux.http.wire.Octets;
import dev.pollux.http.wire.Tokens;
import dev.pollux.loop.EventLoop;
import dev.pollux.net.Connection;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A request: what is to be done, to what, and what is said of it; {@link #body} reads the rest.
 *
 * <p>Ownership: the handler's, until its answer is complete. If it was complete when the handler
 * returned, this object is used for another request then, of whoever; so nobody may keep it. If the
 * answer came {@linkplain HttpResponse#later later}, this stays as it is.
 *
 * <p>Threads: the loop's; of an exchange in the {@linkplain HttpBlocking blocking style}, that
 * one's, but for {@link #body} and {@link #connection}.
 */
public final class HttpRequest {

  private static final byte[] NONE = {};
  private static final String[] METHODS = {
    "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE"
  };

  private final Exchange exchange;
  private final HttpFields fields = new HttpFields();
  private byte[] in = NONE;
  private int base;
  private @Nullable HeadParser head;
  private boolean isKept;
  private @Nullable String method;
  private @Nullable String target;
  private @Nullable String path;
  private @Nullable SocketAddress named; // by a PROXY header
  private @Nullable SocketAddress believed; // whom a handler said it is from
  private @Nullable RouteMatch<?> route;
  private @Nullable Cookies cookies;
  private @Nullable HttpForm form;
  private @Nullable String scheme;
  private @Nullable Map<Object, Object> attributes;

  HttpRequest(Exchange exchange) {
    this.exchange = exchange;
  }

  /** Shows a head that is whole, where it lies. */
  void show(byte[] bytes, int from, HeadParser parsed) {
    in = bytes;
    base = from;
    head = parsed;
    isKept = false;
    fields.show(bytes, from, parsed.fields());
    forget();
  }

  private void forget() {
    method = null;
    target = null;
    path = null;
    named = null;
    believed = null;
    route = null;
    cookies = null;
    form = null;
    scheme = null;
    attributes = null;
  }

  /** Shows none. */
  void clear() {
    head = null;
    fields.clear();
    forget();
  }

  /** Keeps what it shows, wherever that lies. */
  void keep() {
    HeadParser parsed = head();
    in = Arrays.copyOfRange(in, base, base + parsed.sizeBytes());
    base = 0;
    isKept = true;
    fields.show(in, 0, parsed.fields());
  }

  /** Of one that is kept not by the loop's means: it may be read on another thread. */
  private String text(int from, int to) {
    return isKept ? new String(in, from, to - from, ISO_8859_1) : exchange.text(in, from, to);
  }

  private HeadParser head() {
    HeadParser known = head;
    if (known == null) {
      throw new IllegalStateException("there is no request");
    }
    return known;
  }

  /** What is to be done: "GET", as it was sent; methods are not the same in another case. */
  public String method() {
    String known = method;
    if (known == null) {
      HeadParser parsed = head();
      known = method(base + parsed.methodFrom(), base + parsed.methodTo());
      method = known;
    }
    return known;
  }

  private String method(int from, int to) {
    for (String known : METHODS) {
      if (Octets.equals(in, from, to, known)) {
        return known;
      }
    }
    return text(from, to);
  }

  /** What it is about, as it was sent: mostly a path and a query. */
  public String target() {
    String known = target;
    if (known == null) {
      HeadParser parsed = head();
      known = text(base + parsed.targetFrom(), base + parsed.targetTo());
      target = known;
    }
    return known;
  }

  /**
   * The path of the target, as it was sent: nothing in it is decoded, and {@code ..} is as it
   * stands. "/" where there is none; "*" of {@code OPTIONS *}; the host and port of CONNECT.
   */
  public String path() {
    String known = path;
    if (known == null) {
      HeadParser parsed = head();
      int to = base + parsed.targetTo();
      int from = pathFrom(base + parsed.targetFrom(), to);
      int end = from;
      while (end < to && in[end] != '?') {
        end++;
      }
      known = from == end ? "/" : text(from, end);
      path = known;
    }
    return known;
  }

  /** Behind the scheme and the host, if the target has them. */
  private int pathFrom(int from, int to) {
    if (in[from] == '/' || in[from] == '*' || method().equals("CONNECT")) {
      return from;
    }
    int i = hostFrom(from);
    while (i < to && in[i] != '/' && in[i] != '?') {
      i++;
    }
    return i;
  }

  private int hostFrom(int from) {
    int i = from;
    while (in[i] != ':') { // which the parser has seen
      i++;
    }
    return i + "://".length();
  }

  /** What stands behind the {@code ?} of the target, as it was sent; null if there is none. */
  public @Nullable String query() {
    String all = target();
    int mark = all.indexOf('?');
    return mark < 0 ? null : all.substring(mark + 1);
  }

  /**
   * Whom it is for, as host or host:port, as it was sent: of the target, if that names one, which
   * then counts and not the field; else of the Host field. Empty if nobody is named.
   */
  public String host() {
    HeadParser parsed = head();
    int from = base + parsed.targetFrom();
    int to = base + parsed.targetTo();
    if (method().equals("CONNECT")) {
      return target();
    }
    if (in[from] != '/' && in[from] != '*') {
      int host = hostFrom(from);
      return text(host, pathFrom(from, to));
    }
    int field = parsed.framing().host();
    return field < 0 ? "" : fields.value(field);
  }

  /** The protocol: "HTTP/1.1" or "HTTP/1.0". */
  public String protocol() {
    return isHttp10() ? "HTTP/1.0" : "HTTP/1.1";
  }

  /** Whether there is one: its head was whole. */
  boolean isThere() {
    return head != null;
  }

  /** Whether it is one of HTTP/1.0; not so of what is no request. */
  boolean isHttp10() {
    HeadParser known = head;
    return known != null && known.isHttp10();
  }

  /** Throws if the client did not ask to leave HTTP for this protocol, or null for a tunnel. */
  void requireSwitch(@Nullable String protocol) {
    boolean isAsked = protocol == null ? isMethod("CONNECT") : asksToSwitchTo(protocol);
    if (!isAsked) {
      String what = protocol == null ? "CONNECT" : "an upgrade to " + protocol;
      throw new IllegalStateException("the client of " + this + " did not ask for " + what);
    }
    if (protocol != null) {
      var _ = Tokens.requireValue("protocol", protocol);
    }
  }

  /**
   * Whether it asks to leave HTTP for this protocol, as {@link HttpResponse#switchTo} then does.
   */
  public boolean asksToSwitchTo(String protocol) {
    boolean isNamed = false;
    for (String value : fields.all("Upgrade")) {
      for (String named : value.split(",", -1)) {
        isNamed |= named.strip().equalsIgnoreCase(protocol);
      }
    }
    return isNamed && head().framing().upgrades() && !isHttp10();
  }

  /** Whether it asks for a head alone; not so of what is no request. */
  boolean isHead() {
    return isMethod("HEAD");
  }

  /** Whether the client takes what follows an answer with this status for a tunnel's. */
  boolean opensTunnel(int status) {
    return status >= 200 && status < 300 && isMethod("CONNECT");
  }

  /** Whether an answer with this status has neither content nor a length: RFC 9110, 9.3.6. */
  boolean isBodiless(int status) {
    return Statuses.isBodiless(status) || opensTunnel(status);
  }

  private boolean isMethod(String name) {
    HeadParser known = head;
    return known != null
        && Octets.equals(in, base + known.methodFrom(), base + known.methodTo(), name);
  }

  /** "https" if it came by TLS, else "http", unless a handler that knows better has said so. */
  public String scheme() {
    String said = scheme;
    if (said != null) {
      return said;
    }
    Connection connection = exchange.connection();
    return connection != null && connection.tlsSession() != null ? "https" : "http";
  }

  void setScheme(String said) {
    scheme = said;
  }

  /** What is said of it. */
  public HttpFields fields() {
    return fields;
  }

  /** The value of a field, as {@link HttpFields#get}; null if there is none. */
  public @Nullable String field(String name) {
    return fields.get(name);
  }

  /** Reads what comes behind the head. */
  public HttpBody body() {
    return exchange.body;
  }

  /**
   * A part of the path that the pattern of a {@link Router} names, decoded.
   *
   * @throws IllegalArgumentException if it names no such part
   */
  public String parameter(String name) {
    RouteMatch<?> match = route;
    String value = match == null ? null : match.parameter(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "no parameter '"
              + name
              + "' in the pattern: it has "
              + (match == null ? List.of() : match.names()));
    }
    return value;
  }

  /**
   * The pattern by which a {@link Router} found who answers, as it was added there; of one within
   * another, the inner one's. Null if none did.
   */
  public @Nullable String route() {
    RouteMatch<?> match = route;
    return match == null ? null : match.pattern();
  }

  void setRoute(RouteMatch<?> match) {
    route = match;
  }

  /**
   * The fields of the {@link #query}, decoded; none where there is none.
   *
   * @throws HttpException 400, if they cannot be decoded, or are more than {@link
   *     HttpForm#MAX_FIELDS}
   */
  public HttpForm queryFields() throws HttpException {
    HttpForm known = form;
    if (known == null) {
      String text = query();
      known = HttpForm.of(text == null ? "" : text);
      form = known;
    }
    return known;
  }

  /** The value of a cookie, as it was sent; null if there is none, and the first of several. */
  public @Nullable String cookie(String name) {
    Cookies known = cookies;
    if (known == null) {
      known = Cookies.parse(String.join("; ", fields.all("Cookie")));
      cookies = known;
    }
    return known.value(name);
  }

  /** What a handler left here for those behind it; null if nothing. */
  public @Nullable Object attribute(Object key) {
    Map<Object, Object> known = attributes;
    return known == null ? null : known.get(key);
  }

  /** Leaves something for the handlers behind this one. */
  public void setAttribute(Object key, Object value) {
    Map<Object, Object> known = attributes;
    if (known == null) {
      known = new HashMap<>();
      attributes = known;
    }
    known.put(key, value);
  }

  /**
   * Who sent it: the peer of the connection, unless the {@linkplain HttpOptions#proxyProtocol
   * proxy} in front of it, or a handler that knows better, has said so.
   *
   * @throws IllegalStateException if there is no connection, in a test, or it has no address
   */
  public SocketAddress remoteAddress() {
    SocketAddress said = believed;
    return said == null ? peerAddress() : said;
  }

  /**
   * Who handed it to this server: the peer of the connection, unless the {@linkplain
   * HttpOptions#proxyProtocol proxy} in front of it has said so; whatever a handler knows of whom
   * that had it from.
   *
   * @throws IllegalStateException if there is no connection, in a test, or it has no address
   */
  public SocketAddress peerAddress() {
    SocketAddress said = named;
    if (said != null) {
      return said;
    }
    try {
      return connection().remoteAddress();
    } catch (dev.pollux.sys.SysException e) {
      throw new IllegalStateException("who sent it is not known: " + e.getMessage(), e);
    }
  }

  /** Who sent it; null if that is not known. */
  @Nullable SocketAddress knownAddress() {
    SocketAddress said = saidAddress();
    Connection connection = exchange.connection();
    return said != null || connection == null ? said : ClientKeys.peer(connection);
  }

  /** The {@linkplain ClientKeys number} of who sent it. */
  long client() {
    SocketAddress said = saidAddress();
    return said == null ? exchange.client() : ClientKeys.of(said);
  }

  /** Who a proxy or a handler said has sent it; null is the peer. */
  @Nullable SocketAddress saidAddress() {
    SocketAddress said = believed;
    return said == null ? named : said;
  }

  /** Who a PROXY header says is the peer. */
  void setRemoteAddress(SocketAddress address) {
    named = address;
  }

  /** Who a handler says has sent it, to the peer. */
  void believe(SocketAddress address) {
    believed = address;
  }

  /**
   * The connection that it came by: to look at, not to write to.
   *
   * @throws IllegalStateException if there is none, in a test by {@link HttpCall#to}
   */
  public Connection connection() {
    Connection known = exchange.connection();
    if (known == null) {
      throw new IllegalStateException(
          "this request came by no connection: in a test, use HttpCall.on(sys, handler)");
    }
    return known;
  }

  /**
   * The loop of the connection: for timers.
   *
   * @throws IllegalStateException as of {@link #connection}
   */
  public EventLoop loop() {
    return connection().loop();
  }

  /**
   * Runs a task on the loop's thread, where this may be answered. Any thread. What it throws is as
   * if the handler had thrown it.
   *
   * @throws RejectedExecutionException if the loop has too much to do, or is closed
   */
  public void execute(Runnable task) {
    exchange.queued();
    if (!exchange.offer(() -> run(task))) {
      throw new RejectedExecutionException(
          "the loop of " + this + (exchange.isClosed() ? " is closed" : " has too much to do"));
    }
  }

  private void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable t) {
      fail(t);
    }
  }

  /**
   * Fails, as if the handler had thrown this: for who answers later. An {@link HttpException} is
   * answered as it says, where nothing was answered yet; where the answer has begun, the connection
   * is reset, as there is no other way to tell the client; where it is over, nothing is done. In no
   * case is it reported, as it is no failure of the program. Anything else is.
   */
  public void fail(Throwable thrown) {
    exchange.requireInLoop("HttpRequest.fail");
    HttpResponse response = exchange.response;
    if (response.isOpen() && response.isBegun() && thrown instanceof HttpException) {
      exchange.abort(thrown);
    } else if (response.isOpen()) {
      exchange.failed(thrown);
    } else if (!(thrown instanceof HttpException)) {
      exchange.report(thrown);
    }
  }

  Exchange exchange() {
    return exchange;
  }

  @Override
  public String toString() {
    return head == null ? "no request" : Tokens.visible(method() + " " + target());
  }
}
