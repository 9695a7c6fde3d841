package dev.pollux.http.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.http.wire.Tokens;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is asked: a method, where, fields, and perhaps a body.
 *
 * <pre>{@code
 * ClientRequest add =
 *     ClientRequest.of("POST", "https://example.org/notes")
 *         .withField("Content-Type", "text/plain")
 *         .withBody("milk");
 * }</pre>
 *
 * <p>Fields are sent as they are given and in their order, Host in front of them if there is none.
 * How a body is framed, and whether the connection stays, is not the program's.
 *
 * <p>Immutable. Threads: any. Errors: each method throws IllegalArgumentException for what cannot
 * be sent.
 */
public final class ClientRequest {

  /** How long a target may be, and so all fields together. */
  public static final int MAX_BYTES = 64 << 10;

  private static final int LINE_MARKS = 4; // a colon, a blank, an end
  private static final Set<String> IDEMPOTENT =
      Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

  /** What the client sets, and what has it do so. */
  private static final String[][] NOT_THEIRS = {
    {"Content-Length", "it follows from the body"},
    {"Transfer-Encoding", "it follows from the body"},
    {"Connection", "withLast and withUpgrade do"},
    {"Keep-Alive", "ClientOptions say how long connections are kept"},
    {"Upgrade", "withUpgrade does"},
    {"Expect", "withContinue does"},
  };

  /**
   * A field, behind those that were there before: so a request shares those of the one it is made
   * of.
   *
   * @param bytes of all of them
   */
  record Field(@Nullable Field before, String name, String value, int bytes) {

    static Field of(@Nullable Field before, String name, String value) {
      int bytes = LINE_MARKS + name.length() + value.length();
      return new Field(before, name, value, before == null ? bytes : before.bytes + bytes);
    }

    boolean is(String other) {
      return name.equalsIgnoreCase(other);
    }
  }

  private final Values values;

  private ClientRequest(Values values) {
    this.values = values;
  }

  /** Asks for what is there. */
  public static ClientRequest get(String uri) {
    return of("GET", uri);
  }

  /** Asks with a method. */
  public static ClientRequest of(String method, String uri) {
    return of(method, URI.create(uri));
  }

  /**
   * Asks with a method.
   *
   * @param method any token
   * @param uri of http or https, or ws or wss, which is the same: where a WebSocket is asked for; a
   *     fragment is not sent, and a user is refused
   */
  public static ClientRequest of(String method, URI uri) {
    return new ClientRequest(new Values(Tokens.requireToken("method", method), uri));
  }

  /** The method. */
  public String method() {
    return values.method;
  }

  /** Where, with its fragment. */
  public URI uri() {
    return values.uri;
  }

  /** As this, elsewhere, and with the target that follows from it. */
  ClientRequest withUri(URI uri) {
    return with(v -> v.setUri(uri));
  }

  /** As this, with another method: any token. */
  public ClientRequest withMethod(String method) {
    var _ = Tokens.requireToken("method", method);
    return with(v -> v.method = method);
  }

  Origin origin() {
    return values.origin;
  }

  /** As this, connecting to this address, of IP or Unix, whatever the host is. */
  public ClientRequest withAddress(SocketAddress address) {
    Objects.requireNonNull(address, "address");
    return with(v -> v.origin = v.origin.withAddress(address));
  }

  /**
   * As this, with a target that is sent as it is: what a proxy was asked for, {@code *} for
   * OPTIONS, {@code host:port} for CONNECT.
   *
   * @param target of visible characters of ASCII alone
   */
  public ClientRequest withTarget(String target) {
    boolean isGood = !target.isEmpty() && target.length() <= MAX_BYTES;
    for (int i = 0; i < target.length(); i++) {
      isGood &= target.charAt(i) > ' ' && target.charAt(i) < 0x7f;
    }
    if (!isGood) {
      throw new IllegalArgumentException(
          "target is empty, has something that is no visible character of ASCII, or more than "
              + MAX_BYTES
              + " of them");
    }
    return with(v -> v.target = target);
  }

  /** What stands between the method and the version. */
  public String target() {
    return values.target;
  }

  // ---- fields

  /** As this, with a field, beside others of its name. */
  public ClientRequest withField(String name, String value) {
    var _ = Tokens.requireToken("the name of a field", name);
    Field field = Field.of(values.last, name, Tokens.requireValue(name, value));
    for (String[] own : NOT_THEIRS) {
      if (field.is(own[0])) {
        throw new IllegalArgumentException(name + " is not for the program to set: " + own[1]);
      }
    }
    if (field.is("Host") && field("Host") != null) {
      throw new IllegalArgumentException("there is a Host already, and there must not be two");
    }
    if (field.bytes > MAX_BYTES) {
      throw new IllegalArgumentException("the fields have more than " + MAX_BYTES + " bytes");
    }
    return with(v -> v.last = field);
  }

  /** As this, without the fields of this name. */
  public ClientRequest withoutField(String name) {
    Field left = null;
    for (Field each : fields()) {
      left = each.is(name) ? left : Field.of(left, each.name, each.value);
    }
    Field last = left;
    return with(v -> v.last = last);
  }

  /** The value of the first field of this name; null if there is none. */
  public @Nullable String field(String name) {
    String first = null;
    for (Field each = values.last; each != null; each = each.before) {
      first = each.is(name) ? each.value : first;
    }
    return first;
  }

  /** In their order. */
  List<Field> fields() {
    List<Field> fields = new ArrayList<>();
    for (Field each = values.last; each != null; each = each.before) {
      fields.add(each);
    }
    return fields.reversed();
  }

  // ---- the body

  /** As this, with a body in UTF-8. */
  public ClientRequest withBody(String body) {
    return withBody(body.getBytes(UTF_8));
  }

  /** As this, with a body. Ownership: not to be changed from now on. */
  public ClientRequest withBody(byte[] body) {
    return withBody(ByteBuffer.wrap(body));
  }

  /** As this, with what remains of a buffer. Ownership: its bytes are not to be changed. */
  public ClientRequest withBody(ByteBuffer body) {
    ByteBuffer slice = body.slice();
    return with(v -> {
      v.body = slice;
      v.isStreamed = false;
      v.length = slice.remaining();
    });
  }

  /** As this, with a body of unknown length, written by {@link ClientCall#write}. */
  public ClientRequest withStreamedBody() {
    return withStreamed(-1);
  }

  /** As this, with a body of so many bytes, written by {@link ClientCall#write}. */
  public ClientRequest withStreamedBody(long length) {
    if (length < 0) {
      throw new IllegalArgumentException("length: " + length + " is negative");
    }
    return withStreamed(length);
  }

  private ClientRequest withStreamed(long length) {
    return with(v -> {
      v.body = null;
      v.isStreamed = true;
      v.length = length;
    });
  }

  ClientRequest withoutBody() {
    return with(v -> {
      v.body = null;
      v.isStreamed = false;
      v.length = 0;
      v.isContinued = false;
    });
  }

  /** What is there of the body; null without, or if it is streamed. */
  @Nullable ByteBuffer body() {
    return values.body;
  }

  boolean isStreamed() {
    return values.isStreamed;
  }

  /** Whether it has a body, of a length that is known or not. */
  public boolean hasBody() {
    return values.isStreamed || values.body != null;
  }

  /** How long the body is; -1 if nobody knows. */
  long length() {
    return values.length;
  }

  /**
   * As this, sending the body only when the server has said that it wants it, or after {@link
   * ClientOptions#continueTime}. Means nothing without a body.
   */
  public ClientRequest withContinue() {
    return with(v -> v.isContinued = true);
  }

  boolean expectsContinue() {
    return values.isContinued && hasBody() && length() != 0;
  }

  // ---- else

  /** As this, on a connection that is not kept. */
  public ClientRequest withLast() {
    return with(v -> v.isLast = true);
  }

  boolean isLast() {
    return values.isLast;
  }

  /**
   * As this, asking to leave HTTP for another protocol: where the server agrees, by 101, {@link
   * ClientHandler#switched} is called. CONNECT asks without this, and is agreed to by 2xx.
   * Redirects are followed as those of other requests, with the same question; not of CONNECT.
   *
   * @param protocol as in the Upgrade field, such as {@code websocket}
   */
  public ClientRequest withUpgrade(String protocol) {
    var _ = Tokens.requireToken("protocol", protocol.replaceFirst("/", ""));
    return with(v -> v.upgrade = protocol);
  }

  @Nullable String upgrade() {
    return values.upgrade;
  }

  /** As this, with another time than {@link ClientOptions#headTime}; zero is never. */
  public ClientRequest withHeadTime(Duration headTime) {
    long nanos = ClientOptions.nanos("headTime", headTime);
    return with(v -> v.headNanos = nanos);
  }

  long headNanos(ClientOptions options) {
    return values.headNanos < 0 ? options.headNanos() : values.headNanos;
  }

  /** As this, with another time than {@link ClientOptions#totalTime}; zero is never. */
  public ClientRequest withTotalTime(Duration totalTime) {
    long nanos = ClientOptions.nanos("totalTime", totalTime);
    return with(v -> v.totalNanos = nanos);
  }

  long totalNanos(ClientOptions options) {
    return values.totalNanos < 0 ? options.totalNanos() : values.totalNanos;
  }

  boolean isHead() {
    return method().equals("HEAD");
  }

  boolean isConnect() {
    return method().equals("CONNECT");
  }

  /** Whether it does no more when it is done twice. */
  boolean isIdempotent() {
    return IDEMPOTENT.contains(method());
  }

  /** The method and where, without what may be secret: the query, and fields. */
  @Override
  public String toString() {
    return method() + " " + origin() + path();
  }

  private String path() {
    String target = target();
    int query = target.indexOf('?');
    String path = query < 0 ? target : target.substring(0, query);
    return path.startsWith("/") ? path : " " + path;
  }

  private ClientRequest with(Consumer<Values> change) {
    Values copy = values.copy();
    change.accept(copy);
    return new ClientRequest(copy);
  }

  /** The values, and what they are by default. Written only by who has the sole copy. */
  private static final class Values implements Cloneable {
    String method;
    URI uri;
    Origin origin;
    String target;
    @Nullable Field last;
    @Nullable ByteBuffer body;
    boolean isStreamed;
    long length;
    boolean isContinued;
    boolean isLast;
    @Nullable String upgrade;
    long headNanos = -1; // as the options say
    long totalNanos = -1;

    Values(String method, URI uri) {
      this.method = method;
      this.origin = Origin.of(uri);
      this.uri = uri;
      this.target = target(uri);
    }

    void setUri(URI newUri) {
      origin = Origin.of(newUri);
      uri = newUri;
      target = target(newUri);
    }

    private static String target(URI uri) {
      URI ascii = URI.create(uri.toASCIIString());
      String path = ascii.getRawPath();
      String query = ascii.getRawQuery();
      String all =
          (path == null || path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query);
      if (all.length() > MAX_BYTES) {
        throw new IllegalArgumentException("the target has more than " + MAX_BYTES + " bytes");
      }
      return all;
    }

    /** By clone, which forgets no value. */
    Values copy() {
      try {
        return (Values) clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
