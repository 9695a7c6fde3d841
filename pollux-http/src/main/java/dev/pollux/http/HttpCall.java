package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.http.wire.Tokens;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.io.ByteArrayOutputStream;
import java.net.SocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request to a handler without a connection, for tests:
 *
 * <pre>{@code
 * HttpAnswer answer = HttpCall.get("/hello/Ann").to(handler);
 * assertEquals(200, answer.status());
 * assertEquals("Hello Ann", answer.text());
 * }</pre>
 *
 * <p>The request is read by the parser that a server has, so a test cannot ask what a client could
 * not; the body is given in pieces of {@link #withPieces} bytes. The thread that calls stands in
 * for the loop, also for handlers in the {@linkplain HttpBlocking blocking style} and those that
 * answer later from another thread.
 *
 * <p>Immutable. Threads: any.
 */
public final class HttpCall {

  private final String method;
  private final String target;
  private final String lines;
  private final byte[] body;
  private final int pieceBytes;
  private final HttpOptions options;
  private final @Nullable SocketAddress remoteAddress;

  private HttpCall(
      String method,
      String target,
      String lines,
      byte[] body,
      int pieceBytes,
      HttpOptions options,
      @Nullable SocketAddress remoteAddress) {
    this.method = method;
    this.target = target;
    this.lines = lines;
    this.body = body;
    this.pieceBytes = pieceBytes;
    this.options = options;
    this.remoteAddress = remoteAddress;
  }

  /** A request with any method, for a target as it is on the wire. */
  public static HttpCall of(String method, String target) {
    return new HttpCall(
        Tokens.requireToken("the method", method),
        Tokens.requireValue("the target", target),
        "",
        new byte[0],
        Integer.MAX_VALUE,
        HttpOptions.DEFAULT,
        null);
  }

  /** A GET. */
  public static HttpCall get(String target) {
    return of("GET", target);
  }

  /** A POST of text in UTF-8. */
  public static HttpCall post(String target, String text) {
    return of("POST", target).withBody(text.getBytes(UTF_8));
  }

  /** As this, with another field. */
  public HttpCall withField(String name, String value) {
    String line =
        Tokens.requireToken("the name", name)
            + ": "
            + Tokens.requireValue("the value", value)
            + "\r\n";
    return new HttpCall(method, target, lines + line, body, pieceBytes, options, remoteAddress);
  }

  /** As this, with another body. */
  public HttpCall withBody(byte[] content) {
    return new HttpCall(method, target, lines, content.clone(), pieceBytes, options, remoteAddress);
  }

  /** As this, giving the body in pieces of at most so many bytes. */
  public HttpCall withPieces(int bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("pieces: " + bytes + " < 1");
    }
    return new HttpCall(method, target, lines, body, bytes, options, remoteAddress);
  }

  /** As this, with the limits and all else of a server. */
  public HttpCall withOptions(HttpOptions newOptions) {
    return new HttpCall(
        method, target, lines, body, pieceBytes, Objects.requireNonNull(newOptions), remoteAddress);
  }

  /** As this, from another address than none. */
  public HttpCall withRemoteAddress(SocketAddress address) {
    Objects.requireNonNull(address, "address");
    return new HttpCall(method, target, lines, body, pieceBytes, options, address);
  }

  /**
   * Has a handler answer. One that asks for the loop or the connection, as an {@link
   * dev.pollux.http.events.EventStream} and {@link Liveness} do, needs {@link #on}.
   *
   * @throws IllegalStateException if it has not answered in 10 s, or what it threw is no answer of
   *     its own: that is the cause
   * @throws IllegalArgumentException if a server would take this for no request
   */
  public HttpAnswer to(HttpHandler handler) {
    Rehearsal rehearsal = new Rehearsal(options, head(), body, pieceBytes, remoteAddress);
    return rehearsal.run(handler);
  }

  /**
   * Has a handler answer on a connection of a kernel, as a server has it: all that is between the
   * bytes and the handler is what it is there. The thread that calls turns a loop until the answer
   * is there; over a model kernel the time that passes is virtual.
   *
   * <pre>{@code
   * HttpAnswer answer = HttpCall.get("/").on(ModelSys.virtual(seed, Faults.swarm(seed)), handler);
   * }</pre>
   *
   * @throws SysException if the kernel gives no loop or no connection
   * @throws IllegalStateException as of {@link #to}, and if the connection ends without an answer
   */
  public HttpAnswer on(Sys sys, HttpHandler handler) throws SysException {
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(head());
    request.writeBytes(body);
    try (WireCall call = new WireCall(sys)) {
      return call.run(request.toByteArray(), method.equals("HEAD"), options, handler);
    }
  }

  private byte[] head() {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    String host = hasHost() ? "" : "Host: localhost\r\n";
    String length = body.length == 0 ? "" : "Content-Length: " + body.length + "\r\n";
    String text = method + " " + target + " HTTP/1.1\r\n" + host + lines + length + "\r\n";
    head.writeBytes(text.getBytes(ISO_8859_1));
    return head.toByteArray();
  }

  private boolean hasHost() {
    return ("\r\n" + lines).regionMatches(true, 0, "\r\nHost:", 0, 7)
        || lines.toLowerCase(java.util.Locale.ROOT).contains("\r\nhost:");
  }

  @Override
  public String toString() {
    return method + " " + target;
  }
}
