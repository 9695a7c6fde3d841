package dev.pollux.http.events;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.http.HttpRequest;
import dev.pollux.http.HttpResponse;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopTimer;
import dev.pollux.net.WriteResult;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An answer of events, that goes on until somebody ends it.
 *
 * <pre>{@code
 * HttpHandler feed = (request, response) -> {
 *   EventStream events = EventStream.begin(request, response);
 *   events.send(ServerEvent.of("hello").withId("1"));
 *   subscribers.add(events);
 * };
 * }</pre>
 *
 * <p>While nothing is sent, a comment is, each 15 s, so that nobody between takes it for dead, and
 * one who is gone is noticed. When the server stops, it ends by itself, in order, and a browser
 * comes again. A client that comes again says what it has heard last: {@link #lastEventId}.
 *
 * <p>Threads: the loop's; elsewhere {@link #execute}. Nothing blocks: what {@link WriteResult} says
 * is as of {@link HttpResponse#write(ByteBuffer)}.
 */
public final class EventStream {

  /** The type of such answers. */
  public static final String TYPE = "text/event-stream";

  /** How often something is said, if there is nothing to say. */
  public static final Duration QUIET = Duration.ofSeconds(15);

  private static final byte[] COMMENT = {':', '\n', '\n'};

  private final HttpRequest request;
  private final HttpResponse response;
  private final @Nullable String lastEventId;
  private final LoopTimer timer = new LoopTimer(this::quiet);

  private EventStream(HttpRequest request, HttpResponse response) {
    this.request = request;
    this.response = response;
    String last = request.fields().get("Last-Event-ID");
    this.lastEventId = last == null ? null : new String(last.getBytes(ISO_8859_1), UTF_8);
  }

  /**
   * Begins the answer: sends its head.
   *
   * @throws IllegalStateException if a length was said, which such an answer has not; or there is
   *     no connection: a test has one by {@link dev.pollux.http.HttpCall#on}
   */
  public static EventStream begin(HttpRequest request, HttpResponse response) {
    if (response.length() >= 0) {
      throw new IllegalStateException("EventStream.begin: a length was said to " + request);
    }
    EventLoop _ = request.loop(); // or there is none
    EventStream events = new EventStream(request, response);
    if (response.field("Cache-Control") == null) {
      response.field("Cache-Control", "no-store");
    }
    response.field("X-Accel-Buffering", "no").begin(TYPE); // else nginx keeps it
    response.whenOver(events::over);
    response.whenFinishing(events::end);
    if (request.method().equals("HEAD")) {
      events.end();
    }
    if (response.isOpen()) {
      events.loop().schedule(events.timer, QUIET.toNanos());
    }
    return events;
  }

  /** The id of the event that the client has heard last; null if it says nothing of that. */
  public @Nullable String lastEventId() {
    return lastEventId;
  }

  /** Sends an event of the type "message". */
  public WriteResult send(String data) {
    return send(ServerEvent.of(data));
  }

  /** Sends an event. */
  public WriteResult send(ServerEvent event) {
    return write(event.bytes());
  }

  /** Tells the client to wait so long before it comes again. */
  public WriteResult retry(Duration time) {
    return write(("retry: " + time.toMillis() + "\n\n").getBytes(UTF_8));
  }

  private WriteResult write(byte[] bytes) {
    return response.isOpen() ? response.write(ByteBuffer.wrap(bytes)) : WriteResult.CLOSED;
  }

  /** Ends it; a browser comes again. One that is told 204 then does not. */
  public void end() {
    if (response.isOpen()) {
      WriteResult _ = response.end();
    }
  }

  /** Whether it goes on. */
  public boolean isOpen() {
    return response.isOpen();
  }

  /** Whether more may be sent now. */
  public boolean isWritable() {
    return response.isWritable();
  }

  /** Calls this once when there is room, as {@link HttpResponse#whenWritable}. */
  public void whenWritable(Runnable task) {
    response.whenWritable(task);
  }

  /** Calls this once when it is over, as {@link HttpResponse#whenOver}. */
  public void whenClosed(Runnable task) {
    response.whenOver(task);
  }

  /** Its loop. Any thread. */
  public EventLoop loop() {
    return request.loop();
  }

  /** Runs this on the loop, soon. Any thread. */
  public void execute(Runnable task) {
    request.execute(task);
  }

  private void over() {
    loop().cancel(timer);
  }

  private void quiet() {
    if (isWritable()) {
      WriteResult _ = write(COMMENT);
    }
    if (isOpen()) {
      loop().schedule(timer, QUIET.toNanos());
    }
  }

  HttpResponse response() {
    return response;
  }

  @Override
  public String toString() {
    return "events for " + request;
  }
}
