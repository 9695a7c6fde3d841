package dev.pollux.http.client;

import dev.pollux.loop.EventLoop;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Asks servers, on an event loop, and keeps connections to them.
 *
 * <pre>{@code
 * HttpClient client = HttpClient.of(loop);
 * client.fetch(
 *     ClientRequest.get("http://example.org/"),
 *     answer -> System.out.println(answer.text()),
 *     failure -> System.err.println(failure.getMessage()));
 * }</pre>
 *
 * <p>{@link #send} gives an answer as it comes, {@link #fetch} all of it at once; {@link #blocking}
 * is for other threads. A request goes out on a connection of its origin that nobody uses, or on a
 * new one, or waits. A connection that was kept and that the server ended before anything came is
 * no failure where the request is idempotent and nothing of a streamed body has gone: it is sent
 * once more, on a new one. Nothing else is done twice.
 *
 * <p>Ownership: the loop stays the caller's; what a loop has still when it closes ends with it.
 * Threads: the loop's, but for {@link #blocking} and what it returns.
 */
public final class HttpClient implements AutoCloseable {

  private final EventLoop loop;
  private final ClientOptions options;
  private final Pools pools;

  private HttpClient(EventLoop loop, ClientOptions options) {
    this.loop = loop;
    this.options = options;
    this.pools = new Pools(loop, options);
  }

  /** A client on a loop. Any thread. */
  public static HttpClient of(EventLoop loop) {
    return of(loop, ClientOptions.DEFAULT);
  }

  /** A client on a loop, with options. Any thread. */
  public static HttpClient of(EventLoop loop, ClientOptions options) {
    return new HttpClient(Objects.requireNonNull(loop), Objects.requireNonNull(options));
  }

  /** Its loop. Any thread. */
  public EventLoop loop() {
    return loop;
  }

  /** Its options. Any thread. */
  public ClientOptions options() {
    return options;
  }

  /** Sends a request, some time; the handler is told, never within this call. */
  public ClientCall send(ClientRequest request, ClientHandler handler) {
    loop.requireInLoop("HttpClient.send");
    ClientCall call = new ClientCall(this, request, Objects.requireNonNull(handler, "handler"));
    pools.begin(call);
    return call;
  }

  /**
   * Sends a request, and gives the whole answer, of at most {@link ClientLimits#wholeBytes}; one of
   * the two is called, once.
   */
  public ClientCall fetch(
      ClientRequest request, Consumer<WholeAnswer> taker, Consumer<ClientException> failed) {
    return send(request, new Whole(options.limits().wholeBytes(), taker, failed));
  }

  /** The same connections, for threads that may block. Any thread. */
  public BlockingClient blocking() {
    return new BlockingClient(this);
  }

  /** How many connections there are, those among them that are being made. */
  public int connectionCount() {
    loop.requireInLoop("HttpClient.connectionCount");
    return pools.connectionCount();
  }

  /** How many connections are kept that nobody uses. */
  public int idleCount() {
    loop.requireInLoop("HttpClient.idleCount");
    return pools.idleCount();
  }

  /** How many requests wait for a connection. */
  public int waitingCount() {
    loop.requireInLoop("HttpClient.waitingCount");
    return pools.waitingCount();
  }

  /**
   * Closes all connections; whatever is under way fails, with {@link FailureReason#CLIENT_CLOSED}.
   * Idempotent.
   */
  @Override
  public void close() {
    loop.requireInLoop("HttpClient.close");
    pools.close();
  }

  boolean isClosed() {
    return pools.isClosed();
  }

  Pools pools() {
    return pools;
  }

  /** Runs something that the program must not see within its own call. */
  void later(Runnable task) {
    if (loop.isClosed()) {
      task.run();
    } else {
      var _ = loop.schedule(0, task);
    }
  }
}
