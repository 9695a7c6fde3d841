package dev.pollux.http.client;

import dev.pollux.http.HttpFields;
import dev.pollux.http.wire.BodyDecoder;
import dev.pollux.http.wire.Deadline;
import dev.pollux.http.wire.DeflateDecoder;
import dev.pollux.http.wire.GzipDecoder;
import dev.pollux.net.Connection;
import dev.pollux.net.WriteResult;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request that was sent, or is to be: what can be done about it meanwhile.
 *
 * <p>A streamed body is written by {@link #write} and {@link #end}, as there is room:
 *
 * <pre>{@code
 * void pump(ClientCall call) {
 *   while (call.isWritable() && more()) {
 *     call.write(next());
 *   }
 *   ...
 *   call.whenWritable(() -> pump(call));
 * }
 * }</pre>
 *
 * <p>Threads: the loop's. Nothing blocks.
 */
public final class ClientCall {

  /** Something that may throw what a program throws. */
  interface Step {
    void run() throws Exception;
  }

  private static final long NEVER = Long.MAX_VALUE;

  private final HttpClient client;
  private final ClientHandler handler;
  private final long totalAt;
  private final boolean hasTotal;
  private ClientRequest request;
  private Upload upload;
  private @Nullable ClientConnection connection; // also while it connects
  private @Nullable OriginPool queue; // where it waits
  private @Nullable Deadline waiting; // while no connection has its time
  private @Nullable Runnable waiter;
  private int redirects;
  private boolean isFresh; // is sent once more, on a connection that is new
  private boolean isPaused;
  private boolean isSent;
  private boolean hasAnswer; // some of one
  private boolean hasActed; // by a request that was redirected
  private boolean isOver;

  ClientCall(HttpClient client, ClientRequest request, ClientHandler handler) {
    this.client = client;
    this.handler = handler;
    this.request = request;
    this.upload = new Upload(request);
    long total = request.totalNanos(client.options());
    this.hasTotal = total > 0;
    this.totalAt = client.loop().nowNanos() + total;
  }

  /** What is asked: the last request, where redirects were followed. */
  public ClientRequest request() {
    return request;
  }

  /** Whether everything was told. */
  public boolean isOver() {
    return isOver;
  }

  /**
   * Gives it up: what is under way is cut off, and {@link ClientHandler#failed} is told, with
   * {@link FailureReason#CANCELLED}. Does nothing if it is over.
   */
  public void cancel() {
    client.loop().requireInLoop("ClientCall.cancel");
    if (!isOver) {
      stop();
      failLater(FailureReason.CANCELLED, "the program cancelled it");
    }
  }

  // ---- the answer

  /** Has no more of the body come, until {@link #resume}; then the server has to wait. */
  public void pause() {
    client.loop().requireInLoop("ClientCall.pause");
    ClientConnection known = connection;
    if (!isPaused && !isOver) {
      isPaused = true;
      if (known != null) {
        known.pause();
      }
    }
  }

  /** Has it come again. */
  public void resume() {
    client.loop().requireInLoop("ClientCall.resume");
    ClientConnection known = connection;
    if (isPaused) {
      isPaused = false;
      if (known != null) {
        known.resume();
      }
    }
  }

  /** Whether it is paused. */
  public boolean isPaused() {
    return isPaused;
  }

  // ---- a streamed body

  /**
   * Sends what remains of the buffer, which is copied or sent at once. REFUSED: nothing of it was
   * taken; so it is while there is no connection yet, or the server has not said to go on. CLOSED:
   * nobody takes more, which also an answer that came early can mean.
   *
   * @throws IllegalStateException if the request has no streamed body, or that is more than it said
   */
  public WriteResult write(ByteBuffer data) {
    client.loop().requireInLoop("ClientCall.write");
    return upload.write(data);
  }

  /**
   * Completes the body.
   *
   * @throws IllegalStateException if less was written than was said; the call fails then, as there
   *     is no other way to tell the server
   */
  public void end() {
    client.loop().requireInLoop("ClientCall.end");
    long missing = upload.missing();
    if (missing > 0 && !isOver) {
      String why = missing + " bytes are missing of what the body of " + request + " said";
      stop();
      failLater(FailureReason.HANDLER_FAILED, why);
      throw new IllegalStateException(why);
    }
    upload.end();
    ClientConnection known = connection;
    if (known != null) {
      known.wrote();
    }
  }

  /** Whether more of the body may be written now. */
  public boolean isWritable() {
    return !isOver && upload.isWritable();
  }

  /**
   * Calls this once when there is room for more of the body, and when there never will be, which
   * {@link #write} tells then. Another one takes the place of one that waits.
   */
  public void whenWritable(Runnable task) {
    client.loop().requireInLoop("ClientCall.whenWritable");
    waiter = Objects.requireNonNull(task);
    if (isOver || isWritable()) {
      tellRoomLater();
    }
  }

  void tellRoomLater() {
    if (waiter != null) {
      client.later(this::tellRoom);
    }
  }

  void tellRoom() {
    Runnable task = waiter;
    if (task != null && (isOver || isWritable())) {
      waiter = null;
      try {
        task.run();
      } catch (Throwable t) {
        fail(FailureReason.HANDLER_FAILED, "what waited for room threw " + t, t);
      }
    }
  }

  // ---- where it stands

  /** It waits for a connection, in this queue. */
  void queued(OriginPool in) {
    queue = in;
    awaitConnection(client.options().waitNanos());
  }

  /** A connection is made for it, or has still to show that it can be used. */
  void connecting(ClientConnection by) {
    queue = null;
    connection = by;
    awaitConnection(0);
  }

  private void awaitConnection(long waitNanos) {
    long most = Math.min(totalLeft(), waitNanos > 0 ? waitNanos : NEVER);
    Deadline known = waiting;
    if (known == null && most < NEVER) {
      known = new Deadline(client.loop(), this::tooLate);
      waiting = known;
    }
    if (known != null && most < NEVER) {
      known.in(Math.max(0, most));
    } else if (known != null) {
      known.clear();
    }
  }

  private void tooLate() {
    boolean isTotal = totalLeft() <= 0;
    stop();
    if (isTotal) {
      fail(FailureReason.TOTAL_TIMEOUT, "it took too long in all, without a connection", null);
    } else {
      fail(FailureReason.TOO_MANY, "no connection came free in time; try again later", null);
    }
  }

  /** A connection sends it: what it has of a body. */
  Upload begin(ClientConnection by) {
    queue = null;
    connection = by;
    endWaiting();
    return upload;
  }

  void sent() {
    isSent = true;
  }

  /** Something of an answer came. */
  void answering() {
    hasAnswer = true;
  }

  private void endWaiting() {
    Deadline known = waiting;
    waiting = null;
    if (known != null) {
      known.end();
    }
  }

  /** The connection has done its part. */
  void detach() {
    connection = null;
    upload.lose();
  }

  /** Leaves where it is. */
  private void stop() {
    OriginPool in = queue;
    ClientConnection by = connection;
    queue = null;
    connection = null;
    endWaiting();
    if (in != null) {
      in.forget(this);
    }
    if (by != null) {
      by.abandon();
    }
    upload.lose();
  }

  /** Goes to where a redirect leads. */
  void follow(ClientRequest next) {
    redirects++;
    hasActed |= !request.isIdempotent();
    hasAnswer = false;
    request = next;
    upload = new Upload(next);
    isFresh = false;
    client.pools().begin(this);
  }

  /** Whether it may be sent again on another connection, and was not yet. */
  boolean mayRetry() {
    return !isFresh && request.isIdempotent() && !upload.isBegun() && !client.isClosed();
  }

  /** Sends it again, on a connection that is new. */
  void retry() {
    isFresh = true;
    connection = null;
    upload.moveOn();
    client.pools().begin(this);
  }

  /** The connection that it had reserved is of no use. */
  void goElsewhere() {
    connection = null;
    client.pools().begin(this);
  }

  boolean isFresh() {
    return isFresh;
  }

  int redirects() {
    return redirects;
  }

  Upload upload() {
    return upload;
  }

  ClientHandler handler() {
    return handler;
  }

  /** How much time is left in all; {@link Long#MAX_VALUE} is for ever. */
  long totalLeft() {
    return hasTotal ? totalAt - client.loop().nowNanos() : NEVER;
  }

  /** Whether it is to be said that the answer may be deflated. */
  boolean asksForCodings() {
    return client.options().decompression()
        && request.field("Accept-Encoding") == null
        && request.field("Range") == null
        && request.upgrade() == null
        && !request.isConnect();
  }

  /** What inflates the body; null if it is given as it comes. */
  @Nullable BodyDecoder decoder(AnswerHead head, AnswerFraming framing) {
    String coding = head.fields().get("Content-Encoding");
    if (coding == null || framing.kind() == AnswerFraming.Kind.NONE || !asksForCodings()) {
      return null;
    }
    long most = client.options().limits().inflatedBytes();
    return switch (coding.toLowerCase(Locale.ROOT)) {
      case "gzip", "x-gzip" -> new GzipDecoder(most);
      case "deflate" -> new DeflateDecoder(most);
      default -> null;
    };
  }

  // ---- the end

  void ended(HttpFields trailers) {
    if (!isOver) {
      over();
      report(() -> handler.ended(this, trailers));
      tellRoom();
    }
  }

  /** HTTP is left, if the program takes the connection. */
  void switched(ClientAnswer answer, Connection of, ClientConnection by) {
    connection = null;
    Throwable thrown = null;
    try {
      handler.switched(this, answer, of);
    } catch (Throwable t) {
      thrown = t;
    }
    if (thrown != null || by.equals(of.handler())) {
      of.reset();
      String why = thrown == null ? "set no handler of its own" : "threw " + thrown;
      fail(FailureReason.HANDLER_FAILED, "the handler " + why, thrown);
    } else {
      over();
      tellRoom();
    }
  }

  private void over() {
    isOver = true;
    connection = null;
    endWaiting();
    upload.lose();
  }

  /** It fails: told now. */
  void fail(FailureReason reason, String why, @Nullable Throwable thrown) {
    if (isOver) {
      return;
    }
    boolean mayAgain = request.isIdempotent() && !hasAnswer && !hasActed && !upload.isBegun();
    boolean isSafe = !isSent || mayAgain;
    stop();
    over();
    ClientException failure =
        new ClientException(reason, request + ": " + why, isSent, isSafe, thrown);
    report(() -> handler.failed(this, failure));
    tellRoom();
  }

  /** The whole is more than is taken. */
  void tooLarge(int maxBytes) {
    String why = "the body has more than " + maxBytes + " bytes: take it as a stream";
    fail(FailureReason.TOO_LARGE, why, null);
  }

  /** It fails: told in a turn of its own, as this may be in a call of the program's. */
  void failLater(FailureReason reason, String why) {
    failLater(reason, why, null);
  }

  void failLater(FailureReason reason, String why, @Nullable Throwable thrown) {
    connection = null;
    queue = null;
    client.later(() -> fail(reason, why, thrown));
  }

  private void report(Step last) {
    try {
      last.run();
    } catch (Throwable t) {
      client.loop().report("the handler of " + request, t);
    }
  }

  @Override
  public String toString() {
    return "call: " + request;
  }
}
