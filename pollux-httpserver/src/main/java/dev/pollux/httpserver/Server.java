package dev.pollux.httpserver;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import dev.pollux.http.HttpRequest;
import dev.pollux.http.HttpResponse;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.AcceptMode;
import dev.pollux.net.ListeningSocket;
import dev.pollux.net.ServerOptions;
import dev.pollux.sys.Errno;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.SysException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A server from its socket to its stop. It listens from {@link #bind} on, so that who connects
 * waits, and accepts from {@link #start} on.
 *
 * <p>Ownership: the socket, the loops and what accepts are this object's until {@link #stop}.
 * Threads: any; a lock is held while it starts or is bound, and not while it waits for a stop.
 */
final class Server extends HttpServer {

  /** How long connections have to end in order where no exchange is waited for. */
  private static final Duration LEAST_STOP = Duration.ofSeconds(2);

  private final boolean isSecure;
  private final Contexts contexts;
  private final Settings settings;
  private volatile @Nullable InetSocketAddress address; // asked for by each exchange

  // By the lock of this:
  private @Nullable ListeningSocket listening;
  private @Nullable Executor executor;
  private @Nullable LoopGroup loops;
  private dev.pollux.http.@Nullable HttpServer server;
  private @Nullable Dispatcher dispatcher;
  private boolean isStarted;
  private boolean isStopped;

  /** One without TLS. */
  Server(Settings settings) {
    this.settings = settings;
    this.isSecure = false;
    this.contexts = new Contexts(this);
  }

  /** One with TLS, which programs see as this. */
  Server(SecureServer shown, Settings settings) {
    this.settings = settings;
    this.isSecure = true;
    this.contexts = new Contexts(shown);
  }

  Contexts contexts() {
    return contexts;
  }

  @Override
  public HttpContext createContext(String path, HttpHandler handler) {
    return contexts.create(path, handler);
  }

  @Override
  public HttpContext createContext(String path) {
    return contexts.create(path);
  }

  @Override
  public void removeContext(String path) {
    contexts.remove(path);
  }

  @Override
  public void removeContext(HttpContext context) {
    contexts.remove(context);
  }

  Settings settings() {
    return settings;
  }

  boolean isSecure() {
    return isSecure;
  }

  @Override
  public synchronized void bind(InetSocketAddress at, int backlog) throws IOException {
    Objects.requireNonNull(at, "null address");
    if (listening != null) {
      throw new BindException("HttpServer already bound");
    }
    if (at.isUnresolved()) {
      throw new java.net.SocketException("Unresolved address: " + at);
    }
    ServerOptions options = options(ServerOptions.at(at));
    try {
      ListeningSocket opened =
          ListeningSocket.open(
              NativeSys.open(), backlog > 0 ? options.withBacklog(backlog) : options);
      listening = opened;
      address = (InetSocketAddress) opened.address();
    } catch (SysException e) {
      throw isOfTheAddress(e.errno()) ? bindException(e) : e;
    }
  }

  private static boolean isOfTheAddress(int errno) {
    return errno == Errno.EADDRINUSE || errno == Errno.EADDRNOTAVAIL || errno == Errno.EACCES;
  }

  private static BindException bindException(SysException cause) {
    BindException result = new BindException(cause.getMessage());
    var _ = result.initCause(cause);
    return result;
  }

  private ServerOptions options(ServerOptions options) {
    return options
        .withAcceptMode(AcceptMode.ACCEPTOR)
        .withMaxConnections(settings.maxConnections());
  }

  /** Null if it is not bound. */
  @Override
  public @Nullable InetSocketAddress getAddress() {
    return address;
  }

  synchronized void requireNotStarted() {
    if (isStarted) {
      throw new IllegalStateException("server already started");
    }
  }

  @Override
  public synchronized void setExecutor(@Nullable Executor newExecutor) {
    requireNotStarted();
    executor = newExecutor;
  }

  @Override
  public synchronized @Nullable Executor getExecutor() {
    return executor;
  }

  @Override
  public void start() {
    start(null);
  }

  /** Accepts from now on; with TLS, as the configurator says. */
  synchronized void start(@Nullable HttpsConfigurator configurator) {
    ListeningSocket bound = listening;
    if (bound == null || isStarted || isStopped) {
      throw new IllegalStateException("server in wrong state");
    }
    ServerOptions options = options(ServerOptions.on(bound.descriptor()));
    if (isSecure) {
      if (configurator == null) {
        throw new IllegalStateException("server in wrong state: it has no HttpsConfigurator");
      }
      options = options.withTls(TlsSetup.of(configurator, LoopOptions.DEFAULT.threads()));
    }
    LoopGroup started = null;
    boolean isDone = false;
    try {
      started = LoopGroup.start(settings.loops(), LoopOptions.DEFAULT.withName("HTTP-Dispatcher"));
      dispatcher = Dispatcher.of(executor, started.loops().getFirst().options().threads());
      server = dev.pollux.http.HttpServer.start(started, options, settings.http(), this::handle);
      loops = started;
      isStarted = true;
      isDone = true;
    } catch (IOException e) {
      throw new UncheckedIOException("server cannot start", e);
    } finally {
      if (!isDone) {
        giveBack(started);
      }
    }
  }

  /** What a start that failed has begun. */
  private void giveBack(@Nullable LoopGroup started) {
    Dispatcher tasks = dispatcher;
    dispatcher = null;
    try (tasks) {
      if (started != null) {
        started.close();
      }
    }
  }

  private void handle(HttpRequest request, HttpResponse response) {
    Dispatcher known = dispatcher;
    Exchange exchange = Exchange.of(this, request, response);
    if (exchange != null && known != null) {
      TimeLimits.watch(settings, request, response);
      known.execute(exchange);
    }
  }

  /** Stops: exchanges have so many seconds to end. */
  @Override
  public void stop(int delaySeconds) {
    if (delaySeconds < 0) {
      throw new IllegalArgumentException("negative delay parameter");
    }
    dev.pollux.http.HttpServer known;
    LoopGroup group;
    Dispatcher tasks;
    synchronized (this) {
      if (listening != null) {
        listening.close();
      }
      isStopped = true;
      known = server;
      group = loops;
      tasks = dispatcher;
      server = null;
      loops = null;
    }
    if (known == null || group == null) {
      return;
    }
    boolean interrupted = stop(known, Duration.ofSeconds(delaySeconds));
    known.close();
    group.close();
    if (tasks != null) {
      tasks.close();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until nothing is left of it, or the time is over; whether the thread is interrupted. */
  private static boolean stop(dev.pollux.http.HttpServer server, Duration delay) {
    server.stop(delay);
    Duration most = delay.compareTo(LEAST_STOP) < 0 ? LEAST_STOP : delay;
    try {
      var _ = server.stopped().get(most.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      return true;
    } catch (TimeoutException | java.util.concurrent.ExecutionException e) {
      return false; // what is left is closed by the caller
    }
    return false;
  }

  @Override
  public String toString() {
    return (isSecure ? "HTTPS" : "HTTP") + " server at " + address;
  }
}
