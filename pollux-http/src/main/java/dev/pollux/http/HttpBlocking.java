package dev.pollux.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.net.WriteResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A request and its answer in the blocking style, for code on virtual threads or on those of a
 * pool: {@link #input} waits for the body, {@link #output} waits for the client to read.
 *
 * <pre>{@code
 * HttpHandler files = HttpBlocking.handler(exchange -> {
 *   exchange.type("text/csv");
 *   report.writeTo(exchange.output());
 * });
 * }</pre>
 *
 * <p>What is written stays in a buffer of {@link #BUFFER_BYTES} at first: an answer that fits is
 * sent with its length when the handler returns, and the status and the fields can be changed until
 * then. A longer one goes out piece by piece.
 *
 * <p>The loop reads and writes; the thread waits on a lock, so that a virtual one pins no carrier.
 * One piece of the body is read ahead, unless the client waits for being asked. One thread at a
 * time may use it, that of the handler or one that stands in for it.
 *
 * <p>Errors: what is read or written throws an {@link IOException} if the connection is over, or
 * the body will not come; who passes that on has done nothing wrong, and nobody is told.
 */
public final class HttpBlocking {

  /** How much of an answer waits, each time, before it goes to the loop. */
  public static final int BUFFER_BYTES = 1 << 14; // 16 KiB

  private static final ByteBuffer NONE = ByteBuffer.allocate(0);

  /** What is sent. */
  private enum Step {
    MORE,
    /** The last of it, which nobody waits for. */
    LAST,
    /** The last of it, until it is the kernel's. */
    END
  }

  private final HttpRequest request;
  private final HttpBridge bridge;
  private final Lines lines = new Lines();
  private final List<String> replaced = new ArrayList<>(); // names of which others are removed
  private final Input input = new Input();
  private final Output output = new Output();
  private ByteBuffer buffer = NONE;
  private int status = 200;
  private long declared = -1;
  private boolean isLast;
  private boolean isStreamed;
  private boolean isBegun;
  private boolean isEnded; // nothing more is written
  private boolean isOver;
  private @Nullable IOException broken;
  private volatile boolean isPushing; // a thread is within a write

  private HttpBlocking(HttpRequest request, HttpBridge bridge) {
    this.request = request;
    this.bridge = bridge;
  }

  /** A handler that has each request answered on a virtual thread of its own. */
  public static HttpHandler handler(HttpBlockingHandler handler) {
    return (request, response) -> {
      HttpBlocking exchange = open(request, response);
      var _ =
          request
              .exchange()
              .threads()
              .start(Thread.ofVirtual().name("http"), () -> exchange.run(handler));
    };
  }

  /**
   * A handler that has each request answered by an executor: a pool of so many threads as the work
   * wants. One that takes no more has the answer be 503.
   */
  public static HttpHandler handler(Executor executor, HttpBlockingHandler handler) {
    return (request, response) -> {
      HttpBlocking exchange = open(request, response);
      try {
        executor.execute(() -> exchange.run(handler));
      } catch (RejectedExecutionException e) {
        throw new HttpException(503, "too much to do");
      }
    };
  }

  /**
   * An exchange that is over when somebody says so, and not when a handler returns: for code that
   * answers whenever it likes. Within the handler, on the loop's thread. Until {@link #end} or
   * {@link #abort} its connection is held.
   */
  public static HttpBlocking open(HttpRequest request, HttpResponse response) {
    HttpBridge bridge = new HttpBridge(request, response);
    var _ = response.later();
    bridge.begin();
    bridge.readAhead();
    return new HttpBlocking(request, bridge);
  }

  /** The request; its body is what {@link #input} reads. */
  public HttpRequest request() {
    return request;
  }

  /** The body; at its end, and where there is none, the end of the stream. */
  public InputStream input() {
    return input;
  }

  // ---- the head of the answer, until it has begun

  /** Another status than 200. */
  public HttpBlocking status(int newStatus) {
    requireNew();
    status = Statuses.requireFinal(newStatus);
    return this;
  }

  /** Sets a field, as {@link HttpResponse#field(String, String)}. */
  public HttpBlocking field(String name, String value) {
    requireNew();
    Lines.requireOwn(name, value);
    lines.remove(name);
    lines.add(name, value);
    replaced.add(name);
    return this;
  }

  /** Adds a field, as {@link HttpResponse#addField}. */
  public HttpBlocking addField(String name, String value) {
    requireNew();
    Lines.requireOwn(name, value);
    lines.add(name, value);
    return this;
  }

  /** Forgets the fields that were set or added here. */
  public HttpBlocking removeFields() {
    requireNew();
    lines.clear();
    replaced.clear();
    return this;
  }

  /** Sets the content type. */
  public HttpBlocking type(String contentType) {
    return field("Content-Type", contentType);
  }

  /** Says how much is going to be written, as {@link HttpResponse#length}. */
  public HttpBlocking length(long bytes) {
    requireNew();
    if (bytes < 0) {
      throw new IllegalArgumentException("length: " + bytes + " is negative");
    }
    declared = bytes;
    return this;
  }

  /** Ends the connection with this answer. */
  public HttpBlocking last() {
    requireNew();
    isLast = true;
    return this;
  }

  /** Sends the content as a stream that says no length, also where all of it is known. */
  public HttpBlocking streamed() {
    requireNew();
    isStreamed = true;
    return this;
  }

  private void requireNew() {
    if (isBegun || isEnded) {
      throw new IllegalStateException("the answer to " + request + " has begun");
    }
  }

  // ---- its content

  /** Writes text in UTF-8: as plain text, if no type is set. */
  public void send(String text) throws IOException {
    if (!isBegun && lines.first("Content-Type") == null) {
      lines.add("Content-Type", HttpResponse.TEXT);
    }
    output.write(text.getBytes(UTF_8));
  }

  /**
   * Writes the content. To close it is to say that nothing more comes; the answer ends when the
   * handler has returned, and is broken off if that throws.
   */
  public OutputStream output() {
    return output;
  }

  /**
   * Sends what waits and ends the answer; when this returns the kernel has it. Again, it does
   * nothing; nor does {@link #abort} then. If it throws, or while another thread writes, the
   * connection is ended instead, as {@code abort} does.
   */
  public void end() throws IOException {
    isEnded = true;
    if (isOver) {
      return;
    }
    isOver = true;
    if (isPushing) { // another thread's, whose buffer this one has no right to
      bridge.abort();
      return;
    }
    boolean isSent = false;
    try {
      push(Step.END);
      isSent = true;
    } finally {
      if (!isSent) {
        bridge.abort(); // nobody else ends it
      }
    }
  }

  /** Ends the connection, as there is no answer, or not all of one. */
  public void abort() {
    isEnded = true;
    if (!isOver) {
      isOver = true;
      bridge.abort();
    }
  }

  /**
   * As {@link #abort()}, because of this, which is reported as what a handler throws is; but for
   * what says that the client is gone. Behind the answer it is reported, and no more.
   */
  public void abort(Throwable thrown) {
    isEnded = true;
    isOver = true;
    bridge.abort(thrown);
  }

  /**
   * Fails, as if a handler had thrown this: the answer is 500, or what an {@link HttpException}
   * says, if none has begun; else the connection is reset. Who passes on that the client is gone
   * has not failed, and nobody is told. Behind the answer it is reported, and no more.
   */
  public void fail(Throwable thrown) {
    isEnded = true;
    isOver = true;
    bridge.fail(thrown);
  }

  /** Runs the code that answers, and ends the answer. */
  void run(HttpBlockingHandler handler) {
    try {
      handler.handle(this);
      isEnded = true;
      if (!isOver) {
        isOver = true;
        push(Step.LAST);
      }
    } catch (Throwable t) {
      isOver = true;
      bridge.fail(t);
    }
  }

  /**
   * Sends what waits; the last of it, or not. If that is not seen to the end, as the thread is
   * interrupted, the buffer may be in use still, and what was sent may be not all: nothing is sent
   * any more.
   */
  private void push(Step step) throws IOException {
    isPushing = true;
    try {
      pushAll(step);
    } finally {
      isPushing = false;
    }
  }

  private void pushAll(Step step) throws IOException {
    boolean last = step != Step.MORE;
    IOException known = broken;
    if (known != null) {
      throw new IOException("the answer to " + request + " was broken off", known);
    }
    boolean first = !isBegun;
    isBegun = true;
    ByteBuffer content = buffer.flip();
    int size = content.remaining();
    if (first && step == Step.LAST && !isStreamed) { // which is never refused
      bridge.callLast(response -> {
        if (!response.isBegun()) {
          apply(response);
        }
        return response.send(content);
      });
      return;
    }
    HttpBridge.Step all =
        response -> {
          if (first && !response.isBegun()) {
            apply(response);
          }
          if (first && last && !isStreamed) {
            return response.send(content);
          }
          if (last && size == 0 && !(first && isStreamed)) {
            return response.end();
          }
          WriteResult result = response.write(content);
          return last && result.isTaken() ? response.end() : result;
        };
    try {
      if (step == Step.END) {
        bridge.callWhole(all);
      } else {
        bridge.call(all);
      }
    } catch (IOException e) {
      broken = e;
      throw e;
    }
    buffer.clear();
  }

  private void apply(HttpResponse response) {
    var _ = response.status(status);
    if (isLast) {
      var _ = response.last();
    }
    for (String name : replaced) {
      var _ = response.removeField(name);
    }
    for (int i = 0; i < lines.count(); i++) {
      var _ = response.addField(lines.name(i), lines.value(i));
    }
    if (declared >= 0) {
      var _ = response.length(declared);
    }
  }

  /** The body of the request. */
  private final class Input extends InputStream {

    private @Nullable ByteBuffer piece;

    @Override
    public int read() throws IOException {
      ByteBuffer some = some();
      return some == null ? -1 : some.get() & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      java.util.Objects.checkFromIndexSize(offset, length, target.length);
      if (length == 0) {
        return 0;
      }
      ByteBuffer some = some();
      if (some == null) {
        return -1;
      }
      int count = Math.min(length, some.remaining());
      some.get(target, offset, count);
      return count;
    }

    /** Some bytes, waited for; null at the end. */
    private @Nullable ByteBuffer some() throws IOException {
      ByteBuffer known = piece;
      if (known == null || !known.hasRemaining()) {
        known = bridge.read();
        piece = known;
      }
      return known;
    }

    @Override
    public int available() {
      ByteBuffer known = piece;
      return known == null ? 0 : known.remaining();
    }
  }

  /** The content of the answer. */
  private final class Output extends OutputStream {

    @Override
    public void write(int value) throws IOException {
      requireRoom();
      var _ = buffer.put((byte) value);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      java.util.Objects.checkFromIndexSize(offset, length, source.length);
      int at = offset;
      for (int left = length; left > 0; ) {
        requireRoom();
        int count = Math.min(left, buffer.remaining());
        buffer.put(source, at, count);
        at += count;
        left -= count;
      }
    }

    private void requireRoom() throws IOException {
      if (isEnded) {
        throw new IOException("the answer to " + request + " is complete");
      }
      if (!buffer.hasRemaining()) {
        makeRoom();
      }
    }

    private void makeRoom() throws IOException {
      if (buffer.capacity() > 0) {
        push(Step.MORE);
      } else {
        boolean isShort = declared >= 0 && declared < BUFFER_BYTES;
        buffer = ByteBuffer.allocate(isShort ? Math.max(1, (int) declared) : BUFFER_BYTES);
      }
    }

    @Override
    public void flush() throws IOException {
      boolean isHeadAlone = buffer.position() == 0 && Statuses.isBodiless(status);
      if (!isEnded && !isHeadAlone && (buffer.position() > 0 || !isBegun)) {
        push(Step.MORE);
      }
    }

    @Override
    public void close() {
      isEnded = true;
    }
  }
}
