package dev.pollux.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.FileRegion;
import dev.pollux.net.WriteResult;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a request: a status, fields, and content. {@link #send} answers at once; {@link
 * #write} and {@link #end} answer piece by piece.
 *
 * <p>To HEAD, and with a status that has no content, the head alone is sent, whatever is written.
 * How content is framed is not the program's: Content-Length, Transfer-Encoding, Date and the
 * connection's fields are set here.
 *
 * <p>Ownership: the handler's until it is complete, as of {@link HttpRequest}. Threads: the loop's;
 * elsewhere {@code request.execute(...)}. Nothing blocks: {@link WriteResult} says how it stands,
 * {@link #whenWritable} when to go on.
 */
public final class HttpResponse {

  /** The type of text. */
  static final String TEXT = "text/plain; charset=utf-8";

  private enum State {
    NEW,
    BEGUN,
    COMPLETE,
    LOST
  }

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** Outlives what {@link #clear} forgets. */
  final HeadFilters filters = new HeadFilters();

  private final Exchange exchange;
  private State state = State.COMPLETE;
  private int status;
  private final Lines lines = new Lines();
  private long declared; // -1 is not said
  private long written;
  private boolean isLater;
  private boolean isLast;
  private final Waiters waiters = new Waiters();
  private @Nullable ContentCoding coding;
  private boolean isCoded;

  HttpResponse(Exchange exchange) {
    this.exchange = exchange;
  }

  /** Begins with that to another request. */
  void begin() {
    state = State.NEW;
    isLater = false;
    isLast = false;
    waiters.clear();
    filters.clear();
    coding = null;
    isCoded = false;
    clear();
  }

  /** Forgets what was said so far. */
  void clear() {
    status = 200;
    lines.clear();
    declared = -1;
    written = 0;
  }

  // ---- the head

  /**
   * Another status than 200.
   *
   * @throws IllegalArgumentException if it is none of 200 to 599
   */
  public HttpResponse status(int newStatus) {
    requireNew("HttpResponse.status");
    status = Statuses.requireFinal(newStatus);
    return this;
  }

  /** The status. */
  public int status() {
    return status;
  }

  /**
   * Sets a field, in the place of all of this name.
   *
   * @throws IllegalArgumentException if the name is no token, the value has a control character or
   *     one of Unicode beyond ISO-8859-1, or the field is not the program's to set
   */
  public HttpResponse field(String name, String value) {
    requireNew("HttpResponse.field");
    Lines.requireOwn(name, value);
    lines.remove(name);
    lines.add(name, value);
    return this;
  }

  /** Adds a field, beside others of this name. */
  public HttpResponse addField(String name, String value) {
    requireNew("HttpResponse.addField");
    Lines.requireOwn(name, value);
    lines.add(name, value);
    return this;
  }

  /** Removes all fields of this name. */
  public HttpResponse removeField(String name) {
    requireNew("HttpResponse.removeField");
    lines.remove(name);
    return this;
  }

  /** The value of a field that was set, the first one; null if there is none. */
  public @Nullable String field(String name) {
    return lines.first(name);
  }

  /** Sets the content type. */
  public HttpResponse type(String contentType) {
    return field("Content-Type", contentType);
  }

  /** Adds a cookie. */
  public HttpResponse cookie(Cookie cookie) {
    return addField("Set-Cookie", cookie.toString());
  }

  /**
   * Answers that what was asked for is elsewhere.
   *
   * @param newStatus 301, 302, 303, 307 or 308
   * @param location a URI or a part of one, encoded as it is to be on the wire
   */
  public WriteResult redirect(int newStatus, String location) {
    if (newStatus < 301 || newStatus > 308 || (newStatus > 303 && newStatus < 307)) {
      throw new IllegalArgumentException("status: " + newStatus + " is none of a redirect");
    }
    return status(newStatus).field("Location", location).send();
  }

  /** Says how much is going to be written, so that it need not be cut in chunks. */
  public HttpResponse length(long bytes) {
    requireNew("HttpResponse.length");
    if (bytes < 0) {
      throw new IllegalArgumentException("length: " + bytes + " is negative");
    }
    declared = bytes;
    return this;
  }

  /** Ends the connection with this answer. */
  public HttpResponse last() {
    requireNew("HttpResponse.last");
    isLast = true;
    return this;
  }

  // ---- all at once

  /** Answers without content. */
  public WriteResult send() {
    return send(ByteBuffer.allocate(0));
  }

  /** Answers with text in UTF-8: as plain text, if no type is set. */
  public WriteResult send(String text) {
    requireNew("HttpResponse.send");
    if (field("Content-Type") == null) {
      lines.add("Content-Type", TEXT);
    }
    return send(ByteBuffer.wrap(text.getBytes(UTF_8)));
  }

  /** Answers with bytes. */
  public WriteResult send(byte[] content) {
    return send(ByteBuffer.wrap(content));
  }

  /** Answers with what remains of the buffer, which is copied or sent at once. */
  public WriteResult send(ByteBuffer content) {
    requireNew("HttpResponse.send");
    requireLength(content.remaining());
    ByteBuffer coded = beginCoding(content.remaining()) ? encode(content, true) : content;
    return complete() ? exchange.send(coded) : WriteResult.CLOSED;
  }

  /** Answers with content of its own type, which no field is to be set for. */
  public WriteResult send(HttpContent content) {
    requireNew("HttpResponse.send");
    if (field("Content-Type") != null || coding != null) {
      if (field("Content-Type") == null) {
        lines.add("Content-Type", content.type());
      }
      return send(content.buffer());
    }
    requireLength(content.sizeBytes());
    return complete() ? exchange.send(content) : WriteResult.CLOSED;
  }

  /** Answers with a part of a file, or all of it; the region is closed in any case. */
  public WriteResult send(FileRegion file) {
    boolean taken = false;
    try {
      requireNew("HttpResponse.send");
      requireLength(file.remaining());
      taken = complete();
    } finally {
      if (!taken) {
        file.close();
      }
    }
    return taken ? exchange.send(file) : WriteResult.CLOSED;
  }

  /** False if it is lost. */
  private boolean complete() {
    if (state == State.LOST) {
      return false;
    }
    if (state == State.NEW) {
      filters.apply(exchange.request, this);
    }
    state = State.COMPLETE;
    return true;
  }

  private void requireLength(long bytes) {
    if (declared >= 0 && declared != bytes) {
      throw new IllegalStateException(
          "the length was said to be " + declared + ", and the content has " + bytes + " bytes");
    }
    if (bytes > 0 && Statuses.isBodiless(status)) {
      throw new IllegalStateException("an answer with status " + status + " has no content");
    }
  }

  // ---- piece by piece

  /** Sends a piece of text in UTF-8. */
  public WriteResult write(String text) {
    return write(ByteBuffer.wrap(text.getBytes(UTF_8)));
  }

  /**
   * Sends what remains of the buffer, which is copied or sent at once, and before that the head, if
   * this is the first. REFUSED: nothing of it was taken, as of {@link
   * dev.pollux.net.Connection#write(ByteBuffer)}.
   *
   * @throws IllegalStateException if that is more than {@link #length} said, or the answer is
   *     complete; nothing of it is sent
   */
  public WriteResult write(ByteBuffer content) {
    requireOpen("HttpResponse.write");
    if (state == State.LOST) {
      return WriteResult.CLOSED;
    }
    int size = content.remaining();
    if (declared >= 0 && size > declared - written) {
      throw new IllegalStateException(
          "the length was said to be " + declared + ", and this would be " + (written + size));
    }
    beginIfNew();
    if (size == 0) { // which would look like the end
      return exchange.isWritable() ? WriteResult.SENT : WriteResult.FULL;
    }
    if (!exchange.hasRoom(size)) {
      return WriteResult.REFUSED;
    }
    written += size;
    return exchange.write(isCoded ? encode(content, false) : content);
  }

  /** What answers are put into, if it applies. */
  void setCoding(ContentCoding newCoding) {
    coding = newCoding;
  }

  private boolean beginCoding(long length) {
    ContentCoding known = coding;
    isCoded = known != null && !Statuses.isBodiless(status) && known.begin(this, length);
    return isCoded;
  }

  private ByteBuffer encode(ByteBuffer content, boolean last) {
    ContentCoding known = Objects.requireNonNull(coding);
    return known.encode(content, last);
  }

  /** Sends the head now, before there is content. */
  public void begin(String type) {
    requireNew("HttpResponse.begin");
    var _ = type(type);
    beginIfNew();
    later();
  }

  private void beginIfNew() {
    if (state == State.NEW) {
      if (Statuses.isBodiless(status)) {
        throw new IllegalStateException("an answer with status " + status + " has no content");
      }
      boolean isOther = beginCoding(declared);
      filters.apply(exchange.request, this);
      state = State.BEGUN;
      exchange.begin(isOther ? -1 : declared);
    }
  }

  /**
   * A field behind the content, of which the version of the client's may know nothing. Before the
   * {@link #end}.
   */
  public HttpResponse trailer(String name, String value) {
    requireOpen("HttpResponse.trailer");
    Lines.requireOwn(name, value);
    lines.addTrailer(name, value);
    return this;
  }

  /**
   * Completes the answer.
   *
   * @throws IllegalStateException if less was written than {@link #length} said; the connection is
   *     reset then, as there is no other way to tell the client
   */
  public WriteResult end() {
    requireOpen("HttpResponse.end");
    if (state == State.LOST) {
      return WriteResult.CLOSED;
    }
    if (state == State.NEW) {
      return send();
    }
    if (declared >= 0 && written < declared) {
      IllegalStateException less =
          new IllegalStateException(
              "the length was said to be " + declared + ", and " + written + " were written");
      exchange.abort(less);
      throw less;
    }
    if (isCoded) {
      WriteResult _ = exchange.write(encode(NOTHING, true));
    }
    return complete() ? exchange.end() : WriteResult.CLOSED;
  }

  /** Whether more may be written now. */
  public boolean isWritable() {
    return state != State.LOST && exchange.isWritable();
  }

  /**
   * Calls this once when there is room, after a write that answered FULL or REFUSED; and when there
   * never will be, which {@link #write} tells then. Another one takes the place of one that waits.
   */
  public void whenWritable(Runnable task) {
    exchange.requireInLoop("HttpResponse.whenWritable");
    waiters.forRoom(Objects.requireNonNull(task));
  }

  // ---- and else

  /** Sends an answer before the answer: 102 or 103, with the fields that are set so far. */
  public WriteResult inform(int informational) {
    requireNew("HttpResponse.inform");
    if (!Statuses.isInformational(informational) || informational <= 101) {
      throw new IllegalArgumentException("status: " + informational + " is none of 102 to 199");
    }
    return exchange.inform(informational);
  }

  /**
   * Says that the answer comes when the handler has returned: by a timer, a task, another
   * connection. Until then the connection is held, and takes no other request.
   */
  public HttpResponse later() {
    requireOpen("HttpResponse.later");
    if (!isLater) {
      isLater = true;
      exchange.later();
    }
    return this;
  }

  /**
   * Calls this once when the answer is over: {@linkplain #isComplete complete}, or lost with its
   * connection.
   */
  public void whenOver(Runnable task) {
    exchange.requireInLoop("HttpResponse.whenOver");
    waiters.forTheEnd(Objects.requireNonNull(task));
  }

  /**
   * Leaves HTTP: sends the head, with 101, or with 200 to CONNECT, and hands the connection over;
   * what the client sends behind its request is for the next handler.
   *
   * @param protocol what is spoken from now on, as the Upgrade field says it; null for CONNECT
   * @throws IllegalStateException if the client did not ask for it, or has a body to send
   */
  public void switchTo(@Nullable String protocol, ConnectionHandler next) {
    requireNew("HttpResponse.switchTo");
    if (!exchange.body.isOver()) {
      throw new IllegalStateException("a request with a body cannot leave HTTP before its end");
    }
    if (protocol == null) {
      requireAsked(exchange.request.method().equals("CONNECT"), "CONNECT");
    } else {
      String asked = exchange.request.field("Upgrade");
      requireAsked(asked != null && !exchange.request.isHttp10(), "an upgrade");
      lines.add("Upgrade", Tokens.requireValue("protocol", protocol));
      status = 101;
    }
    if (complete()) {
      exchange.switchTo(next);
    }
  }

  private static void requireAsked(boolean asked, String what) {
    if (!asked) {
      throw new IllegalStateException("the client did not ask for " + what);
    }
  }

  /** Whether something of it was sent: its head cannot be changed any more. */
  public boolean isBegun() {
    return state != State.NEW;
  }

  /** Whether all of it was written. */
  public boolean isComplete() {
    return state == State.COMPLETE;
  }

  /** Whether it is neither complete nor lost. */
  public boolean isOpen() {
    return state == State.NEW || state == State.BEGUN;
  }

  private void requireNew(String call) {
    exchange.requireInLoop(call);
    if (state == State.BEGUN || state == State.COMPLETE) {
      throw new IllegalStateException(call + ": the answer to " + exchange.request + " has begun");
    }
  }

  void requireOpen(String call) {
    exchange.requireInLoop(call);
    if (state == State.COMPLETE) {
      throw new IllegalStateException(
          call + ": the answer to " + exchange.request + " is complete");
    }
  }

  // ---- for the exchange

  boolean isLater() {
    return isLater;
  }

  boolean isLast() {
    return isLast;
  }

  /** The connection is over before it was complete. */
  void lose() {
    if (isOpen()) {
      state = State.LOST;
    }
  }

  /** Tells that there is room, or never will be. */
  void tellWritable() {
    waiters.tellRoom();
  }

  /** Tells that it is over. */
  void tellOver() {
    ContentCoding known = coding;
    if (known != null) {
      known.close();
    }
    waiters.tellEnd();
  }

  Lines lines() {
    return lines;
  }
}
