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
 * connection's fields are set here. A 2xx to CONNECT is a head and the end: see {@link #switchTo}.
 *
 * <p>Ownership: the handler's until it is complete, as of {@link HttpRequest}. Threads: the loop's;
 * elsewhere {@code request.execute(...)}. Nothing blocks: {@link WriteResult} says how it stands,
 * {@link #whenWritable} when to go on.
 */
public final class HttpResponse {

  /** The type of text. */
  static final String TEXT = "text/plain; charset=utf-8";

  /** Outlives what {@link #clear} forgets. */
  final HeadFilters filters = new HeadFilters();

  /** Which are left before the end is sent. */
  final Memberships groups = new Memberships();

  final Exchange exchange;
  private AnswerState state = AnswerState.COMPLETE;
  private int status;
  final Lines lines = new Lines();
  final Lines trailers = new Lines();
  private final AnswerLength length = new AnswerLength();
  final AnswerCoding coding = new AnswerCoding();
  private boolean isLater;
  private boolean isLast;
  private final Waiters waiters = new Waiters();

  HttpResponse(Exchange exchange) {
    this.exchange = exchange;
  }

  /** Begins with that to another request. */
  void begin() {
    state = AnswerState.NEW;
    isLater = false;
    isLast = false;
    waiters.clear();
    filters.clear();
    clear();
  }

  /** Forgets what was said so far. */
  void clear() {
    status = 200;
    lines.clear();
    trailers.clear();
    length.clear();
    coding.close();
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
    lines.set(name, value);
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
   * Answers that it is elsewhere, by 301, 302, 303, 307 or 308.
   *
   * @param location a URI or a part of one, encoded as it is to be on the wire
   */
  public WriteResult redirect(int newStatus, String location) {
    return status(Statuses.requireRedirect(newStatus)).field("Location", location).send();
  }

  /** Says how much is going to be written, so that it need not be cut in chunks. */
  public HttpResponse length(long bytes) {
    requireNew("HttpResponse.length");
    length.declare(bytes);
    return this;
  }

  /** What {@link #length(long)} has said; -1 if nothing was. */
  public long length() {
    return length.declared();
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

  /**
   * Answers with what remains of the buffer, which is copied or sent at once; or, without content
   * and after {@link #length}, to HEAD or with 304, with what the length would be.
   */
  public WriteResult send(ByteBuffer content) {
    requireNew("HttpResponse.send");
    requireWhole(content.remaining());
    if (state == AnswerState.LOST) {
      return WriteResult.CLOSED;
    }
    int size = content.remaining();
    boolean isAsked = size == 0 && exchange.request.isHead(); // what it would be
    boolean isCoded = coding.begin(this, isAsked ? length.declared() : size);
    ByteBuffer all = isCoded && !isAsked ? coding.encode(content, true) : content;
    boolean isDeclared = status == 304 || (isAsked && (isCoded || length.declared() >= 0));
    long said = isDeclared ? length.declared() : all.remaining();
    complete();
    return exchange.send(all, isAsked && isCoded ? -1 : said);
  }

  /** Answers with content of its own type, which no field is to be set for. */
  public WriteResult send(HttpContent content) {
    requireNew("HttpResponse.send");
    if (field("Content-Type") != null || coding.isSet() || Statuses.isBodiless(status)) {
      if (field("Content-Type") == null) {
        lines.add("Content-Type", content.type());
      }
      return send(content.buffer());
    }
    requireWhole(content.sizeBytes());
    if (state == AnswerState.LOST) {
      return WriteResult.CLOSED;
    }
    complete();
    return exchange.send(content);
  }

  /** Answers with a part of a file, or all of it; the region is closed in any case. */
  public WriteResult send(FileRegion file) {
    boolean taken = false;
    try {
      requireNew("HttpResponse.send");
      requireWhole(file.remaining());
      if (state != AnswerState.LOST) {
        complete();
        taken = true;
      }
    } finally {
      if (!taken) {
        file.close();
      }
    }
    return taken ? exchange.send(file) : WriteResult.CLOSED;
  }

  private void complete() {
    if (state == AnswerState.NEW) {
      filters.apply(exchange.request, this);
    }
    state = AnswerState.COMPLETE;
    groups.leave(this);
  }

  private void requireWhole(long bytes) {
    if (bytes > 0 || !exchange.isHeadAlone()) {
      length.requireWhole(bytes);
    }
    Statuses.requireContent(status, bytes > 0);
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
    if (state == AnswerState.LOST) {
      return WriteResult.CLOSED;
    }
    int size = content.remaining();
    length.requireRoom(size);
    beginIfNew(size > 0);
    if (size == 0) {
      WriteResult _ = exchange.write(content); // the head, if it is new
      return exchange.isWritable() ? WriteResult.SENT : WriteResult.FULL;
    }
    if (!exchange.hasRoom(size)) {
      return WriteResult.REFUSED;
    }
    length.wrote(size);
    return exchange.write(coding.encode(content, false));
  }

  /** Sends the head now, before there is content. */
  public void begin(String type) {
    requireNew("HttpResponse.begin");
    var _ = type(type).later();
    beginIfNew(true);
    WriteResult _ = exchange.write(ByteBuffer.allocate(0));
  }

  private void beginIfNew(boolean hasContent) {
    if (state == AnswerState.NEW) {
      Statuses.requireContent(status, hasContent);
      boolean isCoded = coding.begin(this, length.declared());
      filters.apply(exchange.request, this);
      state = AnswerState.BEGUN;
      exchange.begin(isCoded ? -1 : length.declared());
    }
  }

  /**
   * A field behind the content, of which the version of the client's may know nothing. Before the
   * {@link #end}.
   */
  public HttpResponse trailer(String name, String value) {
    requireOpen("HttpResponse.trailer");
    Lines.requireTrailer(name, value);
    trailers.add(name, value);
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
    if (state == AnswerState.LOST) {
      return WriteResult.CLOSED;
    }
    if (state == AnswerState.NEW && trailers.count() == 0) {
      return send();
    }
    beginIfNew(false);
    String missing = length.missing();
    if (!missing.isEmpty() && !exchange.isHeadAlone()) {
      IllegalStateException less = new IllegalStateException(missing);
      exchange.abort(less);
      throw less;
    }
    if (coding.isBegun()) {
      WriteResult _ = exchange.write(coding.end());
    }
    complete();
    return exchange.end();
  }

  /** Whether more may be written now. */
  public boolean isWritable() {
    return state != AnswerState.LOST && exchange.isWritable();
  }

  /**
   * Calls this once when there is room, after a write that answered FULL or REFUSED; and when there
   * never will be, which {@link #write} tells then. Another one takes the place of one that waits.
   * If the answer is over, it is called at once.
   */
  public void whenWritable(Runnable task) {
    exchange.requireInLoop("HttpResponse.whenWritable");
    if (!isOpen()) {
      task.run();
      return;
    }
    waiters.forRoom(Objects.requireNonNull(task));
    if (exchange.isWritable() && !exchange.isRoomAwaited()) {
      exchange.soon(waiters::tellRoom); // it has come by then
    }
  }

  // ---- and else

  /** Sends an answer before the answer: 102 or 103, with the fields that are set so far. */
  public WriteResult inform(int informational) {
    requireNew("HttpResponse.inform");
    return exchange.inform(Statuses.requireEarly(informational));
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
   * connection. If it is over already, at once.
   */
  public void whenOver(Runnable task) {
    exchange.requireInLoop("HttpResponse.whenOver");
    if (isOpen()) {
      waiters.forTheEnd(Objects.requireNonNull(task));
    } else {
      task.run();
    }
  }

  /**
   * Calls this once when the server is about to stop, or only the connection, in order: which waits
   * for the answer, so that one that goes on for long is to end itself. If that is so already,
   * soon; if the answer is over before, never.
   */
  public void whenFinishing(Runnable task) {
    exchange.requireInLoop("HttpResponse.whenFinishing");
    if (isOpen()) {
      waiters.forTheStop(Objects.requireNonNull(task));
      if (exchange.isFinishing()) {
        exchange.soon(waiters::tellStop);
      }
    }
  }

  /**
   * Leaves HTTP: sends the head, with 101, or with 200 to CONNECT, and hands the connection over;
   * what the client sends behind its request is for the next handler.
   *
   * @param protocol what is spoken from now on, one of those that the Upgrade field says; null for
   *     CONNECT
   * @return false if the connection is over: the next handler hears nothing
   * @throws IllegalStateException if the client did not ask for it, or has a body to send
   */
  public boolean switchTo(@Nullable String protocol, ConnectionHandler next) {
    requireNew("HttpResponse.switchTo");
    exchange.requireSwitch(protocol);
    if (protocol != null) {
      lines.set("Upgrade", protocol); // as the client has said it
      status = 101;
    }
    boolean isThere = state != AnswerState.LOST;
    if (isThere) {
      complete();
      exchange.switchTo(next);
    }
    return isThere;
  }

  /** Whether something of it was sent: its head cannot be changed any more. */
  public boolean isBegun() {
    return state != AnswerState.NEW;
  }

  /** Whether all of it was written. */
  public boolean isComplete() {
    return state == AnswerState.COMPLETE;
  }

  /** Whether it is neither complete nor lost. */
  public boolean isOpen() {
    return state == AnswerState.NEW || state == AnswerState.BEGUN;
  }

  private void requireNew(String call) {
    exchange.requireInLoop(call);
    if (state == AnswerState.BEGUN || state == AnswerState.COMPLETE) {
      throw new IllegalStateException(call + ": the answer to " + exchange.request + " has begun");
    }
  }

  void requireOpen(String call) {
    exchange.requireInLoop(call);
    if (state == AnswerState.COMPLETE) {
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

  /** The connection is over before it was complete, or before all of it was sent. */
  void lose() {
    state = AnswerState.LOST;
    groups.leave(this);
  }

  /** Tells that there is room, or never will be. */
  void tellWritable() {
    waiters.tellRoom();
  }

  /** Tells that the server stops. */
  void tellFinishing() {
    waiters.tellStop();
  }

  /** Tells that it is over. */
  void tellOver() {
    coding.close();
    waiters.tellEnd();
  }
}
