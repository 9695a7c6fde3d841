package dev.pollux.cli.echo;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopLocal;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.Framing;
import dev.pollux.net.HandlerFactory;
import dev.pollux.net.Limit;
import dev.pollux.net.Reply;
import dev.pollux.net.Server;
import dev.pollux.net.ServerListener;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.Workers;
import dev.pollux.sys.SysException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A TCP echo server, or one that answers a fixed line: a {@link Server} with logs, of {@link
 * EchoHandler}s or, where workers answer, of {@link WorkerEchoHandler}s.
 *
 * <p>Ownership: the listener and the connections are the server's; the loops and the workers stay
 * the caller's. Threads: as {@link Server}.
 *
 * <p>Errors: what befalls a connection closes that connection.
 */
public final class EchoServer implements AutoCloseable, HandlerFactory {

  private final Supplier<EchoLog> logs;
  private final List<LoopLog> loopLogs = new CopyOnWriteArrayList<>();
  private final LoopLocal<LoopLog> localLog = new LoopLocal<>(this::openLog);
  private final byte @Nullable [] reply;
  private final @Nullable Workers workers;
  private final Framing requests; // to workers: whatever one read brings
  private final ServerListener observer;
  private final Duration grace;
  private final boolean isTls;
  private @Nullable Server server;

  private EchoServer(EchoOptions options, @Nullable Workers workers, Supplier<EchoLog> logs) {
    this.logs = logs;
    this.grace = options.grace();
    String text = options.reply();
    this.reply = text == null ? null : (text + "\n").getBytes(StandardCharsets.UTF_8);
    this.workers = workers;
    this.isTls = options.tls() != null;
    this.requests = Framing.unframed(options.bufferBytes());
    this.observer = new Observer(logs.get());
  }

  /** A server that listens, on one loop. After an exception nothing is left open. */
  public static EchoServer open(EventLoop loop, EchoOptions options, EchoLog log)
      throws SysException {
    return open(loop, options, null, log);
  }

  /** A server that listens, on one loop; workers, if there are any, answer. */
  public static EchoServer open(
      EventLoop loop, EchoOptions options, @Nullable Workers workers, EchoLog log)
      throws SysException {
    EchoServer echo = new EchoServer(options, workers, () -> log);
    ServerOptions plain = options.forServer(LoopLog.TRACE);
    echo.server = Server.open(loop, plain, echo, echo.observer);
    return echo;
  }

  /** A server on all loops of a group, each with a log of its own. */
  public static EchoServer start(
      LoopGroup loops, EchoOptions options, @Nullable Workers workers, Supplier<EchoLog> logs)
      throws SysException {
    EchoServer echo = new EchoServer(options, workers, logs);
    ServerOptions plain = options.forServer(LoopLog.TRACE);
    echo.server = Server.start(loops, plain, echo, echo.observer);
    return echo;
  }

  /** Where it listens, with the port that the kernel chose. */
  public SocketAddress address() {
    return server().address();
  }

  /** How many connections are open. Any thread. */
  public int connectionCount() {
    return server().connectionCount();
  }

  /** The open connections of a loop: a snapshot. On that loop's thread. */
  public List<Connection> connections(EventLoop loop) {
    return server().connections(loop);
  }

  /** What each loop that has had a connection has done. Any thread. */
  List<LoopLog> loopLogs() {
    return loopLogs;
  }

  /**
   * Stops in order: no more connections; each connection is read until there is nothing to read for
   * once, so that what has arrived is answered, and its output is sent; then {@link #isFinished}.
   * What is not done after {@link EchoOptions#GRACE_NANOS} is cut off. Any thread.
   */
  public void stop() {
    server().stop(grace);
  }

  /** Whether a {@link #stop} is complete. Any thread. */
  public boolean isFinished() {
    return server().isFinished();
  }

  /** Closes everything at once. Idempotent. */
  @Override
  public void close() {
    server().close();
  }

  @Override
  public ConnectionHandler handlerFor(Connection connection) {
    LoopLog log = localLog.of(connection.loop());
    log.connected(connection, peer(connection));
    Workers answering = workers;
    if (answering == null) {
      return new EchoHandler(log, reply == null ? null : directCopy(reply), isTls);
    }
    return new WorkerEchoHandler(
        log,
        answering.handler(
            connection, requests, (request, answer) -> answer(connection, log, request, answer)),
        isTls);
  }

  /** Answers what one read brought. Threads: a worker's. */
  private void answer(Connection connection, LoopLog log, ByteBuffer request, Reply answer) {
    ByteBuffer bytes = reply == null ? request : ByteBuffer.wrap(reply);
    int size = bytes.remaining();
    answer.write(bytes);
    if (isTls) { // what is on the wire is not what was written
      boolean _ =
          connection
              .loop()
              .offer(() -> {
                if (!connection.isClosed()) {
                  log.wrote(connection, size);
                }
              });
    }
  }

  private LoopLog openLog(EventLoop loop) {
    LoopLog log = new LoopLog(loop, logs.get());
    loopLogs.add(log);
    return log;
  }

  private static @Nullable SocketAddress peer(Connection connection) {
    try {
      return connection.remoteAddress();
    } catch (SysException _) {
      return null; // it has gone already, which the next read tells
    }
  }

  private static ByteBuffer directCopy(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  private Server server() {
    Server opened = server;
    if (opened == null) {
      throw new IllegalStateException("the server is not open yet");
    }
    return opened;
  }

  /** Tells a log of what befalls the server itself, at once. Threads: any loop that accepts. */
  private static final class Observer implements ServerListener {

    private final EchoLog log;

    Observer(EchoLog log) {
      this.log = log;
    }

    @Override
    public synchronized void exhausted(int errno) {
      log.exhausted(errno);
      boolean _ = log.flush();
    }

    @Override
    public synchronized void recovered(long refusedCount) {
      log.recovered(refusedCount);
      boolean _ = log.flush();
    }

    @Override
    public synchronized void shed(Limit limit) {
      log.shed();
      boolean _ = log.flush();
    }
  }
}
