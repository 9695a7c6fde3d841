package dev.pollux.cli.serve;

import dev.pollux.cli.echo.LogSink;
import dev.pollux.cli.echo.TextLog;
import dev.pollux.cli.terminal.Failure;
import dev.pollux.cli.terminal.ListenAdvice;
import dev.pollux.cli.terminal.Places;
import dev.pollux.cli.terminal.Signals;
import dev.pollux.http.ForwardedFor;
import dev.pollux.http.HttpHandler;
import dev.pollux.http.HttpObserver;
import dev.pollux.http.HttpOptions;
import dev.pollux.http.HttpServer;
import dev.pollux.http.Liveness;
import dev.pollux.http.RateLimit;
import dev.pollux.http.Readiness;
import dev.pollux.http.Router;
import dev.pollux.http.log.AccessLog;
import dev.pollux.http.log.HttpMetrics;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.ListenFds;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.SocketSetup;
import dev.pollux.sys.Addresses;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One run of {@code pollux serve}: folder, loops, servers and signals, from the line {@code
 * serving} to the end. The main thread waits, and prints figures.
 */
final class ServeRun {

  private static final String METRICS = "metrics"; // the name of an inherited descriptor

  private final Sys sys;
  private final Opening opening;
  private final ListenFlags listen;
  private final OperatorFlags operator;
  private final HttpMetrics metrics = new HttpMetrics();
  private final Readiness readiness = new Readiness();
  private final CountDownLatch stopAsked = new CountDownLatch(1);
  private final List<HttpServer> servers = new ArrayList<>();

  /** Opens what is served; it may have something to say later. */
  interface Opening {
    Site open(Sys sys, Consumer<String> told);
  }

  ServeRun(Sys sys, Opening opening, ListenFlags listen, OperatorFlags operator) {
    this.sys = sys;
    this.opening = opening;
    this.listen = listen;
    this.operator = operator;
  }

  /** Serves until it is told to stop; the exit code. */
  int serve() throws SysException {
    Certificates certificates = listen.isTls() ? Certificates.of(listen.tls()) : null;
    LoopOptions options =
        LoopOptions.DEFAULT
            .withName("serve")
            .withErrorHandler((loop, what, cause) -> say(loop + ": " + what + " failed: " + cause));
    ServerOptions figuresPlace = figuresPlace();
    try (ErrorLines errors = ErrorLines.take(sys);
        Site site = opening.open(sys, ServeRun::say);
        AccessLog log = operator.openLog(ServeRun::say);
        LoopGroup own = figuresPlace == null ? null : figuresLoop(options);
        LoopGroup loops = LoopGroup.start(sys, listen.loops(), options)) {
      HttpObserver observer = observer(log, figuresPlace != null);
      site.start(loops.loops());
      HttpOptions http = listen.http(readiness).withObserver(observer);
      List<HttpServer> serving = start(loops, certificates, http, handler(site));
      HttpServer main = serving.getFirst();
      Signals.onStopOrReload(stopAsked::countDown, () -> reload(site, certificates, log));
      redirect(loops, http, main);
      HttpServer figures =
          own == null || figuresPlace == null
              ? null
              : startFigures(own, figuresPlace, loops, site, log);
      for (HttpServer each : serving) {
        System.out.println("serving " + site.text() + " on " + uri(each, certificates, ""));
      }
      System.out.flush();
      await(loops, main, log, errors);
      stop(figures);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return 0;
  }

  /** Who is told of requests: only who is asked for, as it is done for each of them. */
  private @Nullable HttpObserver observer(@Nullable AccessLog log, boolean hasFigures) {
    if (!hasFigures && !operator.hasStats()) {
      return log;
    }
    return log == null ? metrics : metrics.and(log);
  }

  /** What answers, and around it what was asked for. */
  private HttpHandler handler(Site site) {
    HttpHandler handler = site.handler();
    Integer rate = listen.maxRate();
    if (rate != null) {
      handler = RateLimit.of(rate, Duration.ofSeconds(1)).around(handler);
    }
    Integer hops = listen.hops();
    return hops == null ? handler : ForwardedFor.hops(hops).around(handler);
  }

  // ---- listening

  private List<HttpServer> start(
      LoopGroup loops, @Nullable Certificates certificates, HttpOptions http, HttpHandler handler)
      throws SysException {
    List<ServerOptions> places = inherited(name -> !name.equals(METRICS));
    for (ServerOptions place : places.isEmpty() ? List.of(at(listen.address())) : places) {
      ServerOptions options = certificates == null ? place : place.withTls(certificates.tls());
      HttpServer server = start(loops, "--port", options, http, handler);
      metrics.addServer(server::stats);
    }
    return List.copyOf(servers);
  }

  private HttpServer start(
      LoopGroup loops,
      String option,
      ServerOptions options,
      HttpOptions http,
      HttpHandler handler) {
    try {
      HttpServer server = HttpServer.start(loops, options, http, handler);
      servers.add(server);
      return server;
    } catch (SysException e) {
      throw ListenAdvice.failure(sys, options.address(), option, e);
    }
  }

  private ServerOptions at(SocketAddress address) {
    ServerOptions options =
        ServerOptions.at(address)
            .withSocket(
                SocketSetup.DEFAULT
                    .withFamilies(Places.families(address))
                    .withReplaceStale(listen.replacesStale()));
    Integer most = listen.maxConnections();
    return most == null ? options : options.withMaxConnections(most);
  }

  /** What systemd, or another that listens in our place, has left. */
  private List<ServerOptions> inherited(Predicate<String> isMeant) throws SysException {
    List<ServerOptions> all = new ArrayList<>();
    for (ListenFds each : given()) {
      if (isMeant.test(each.name())) {
        ServerOptions options = ServerOptions.on(each.fd());
        Integer most = listen.maxConnections();
        all.add(most == null ? options : options.withMaxConnections(most));
      }
    }
    return all;
  }

  private List<ListenFds> given() throws SysException {
    try {
      return ListenFds.of(sys, System.getenv());
    } catch (IllegalArgumentException e) {
      throw new Failure("cannot use the sockets that were left: " + e.getMessage());
    }
  }

  private void redirect(LoopGroup loops, HttpOptions http, HttpServer main) {
    Integer port = listen.redirectPort();
    if (port != null) {
      HttpHandler handler = new RedirectToTls(tlsPort(main));
      HttpServer server = start(loops, "--redirect-https", at(listen.address(port)), http, handler);
      System.out.println("redirecting from " + uri(server, null, ""));
    }
  }

  private int tlsPort(HttpServer main) {
    Integer known = listen.publicPort();
    if (known != null) {
      return known;
    }
    if (main.address() instanceof InetSocketAddress tls) {
      return tls.getPort();
    }
    throw new Failure(
        "--redirect-https needs --public-port here, as " + main.address() + " has no port");
  }

  // ---- the port of operators, which is open as long as anything is

  /** Where it is; null if there is to be none. */
  private @Nullable ServerOptions figuresPlace() throws SysException {
    List<ServerOptions> left = inherited(METRICS::equals);
    Integer port = operator.metricsPort();
    if (left.isEmpty()) {
      return port == null ? null : at(listen.address(port));
    }
    return left.getFirst();
  }

  /** A loop that answers when those of requests are stuck. */
  private LoopGroup figuresLoop(LoopOptions options) throws SysException {
    return LoopGroup.start(sys, 1, options.withName("figures"));
  }

  private HttpServer startFigures(
      LoopGroup own, ServerOptions place, LoopGroup loops, Site site, @Nullable AccessLog log) {
    site.addTo(metrics);
    metrics.addLoops(loops.loops());
    if (log != null) {
      metrics.addCounter(
          "pollux_access_log_lost_lines_total", "Lines of the access log lost.", log::lostLines);
    }
    Router router =
        new Router()
            .get("/metrics", metrics.handler())
            .get("/health/live", Liveness.of(loops.loops()))
            .get("/health/ready", ready(site));
    HttpServer figures = start(own, "--metrics", place, HttpOptions.DEFAULT, router);
    boolean _ = servers.remove(figures);
    System.out.println("figures on " + uri(figures, null, "metrics"));
    return figures;
  }

  private HttpHandler ready(Site site) {
    return (request, response) -> {
      if (site.isReady() || !readiness.isReady()) {
        readiness.handle(request, response);
      } else {
        var _ = response.status(503).field("Cache-Control", "no-store").send("no target is up\n");
      }
    };
  }

  private static String uri(HttpServer server, @Nullable Certificates certificates, String path) {
    String scheme = certificates == null ? "http" : "https";
    if (!(server.address() instanceof InetSocketAddress address)) {
      return scheme + ", " + Addresses.text(server.address());
    }
    InetAddress host = address.getAddress();
    String text = Addresses.text(address);
    boolean isAny = host != null && host.isAnyLocalAddress();
    return scheme + "://" + text + "/" + path + (isAny ? " (all addresses of this host)" : "");
  }

  // ---- the end

  private static void reload(
      Site site, @Nullable Certificates certificates, @Nullable AccessLog log) {
    if (log != null) {
      log.reopen();
    }
    try { // all of it or nothing
      Runnable replacing = certificates == null ? () -> {} : certificates.readAgain();
      site.reopen();
      replacing.run();
      say("reloaded");
    } catch (IOException | IllegalArgumentException | IllegalStateException e) {
      say("DIR and certificates are as before, as they cannot be reloaded: " + e.getMessage());
    }
  }

  private static void say(String text) {
    System.err.println("pollux serve: " + text);
  }

  /** Waits for the signal, and prints figures. */
  private void await(LoopGroup loops, HttpServer main, @Nullable AccessLog log, ErrorLines errors)
      throws SysException, InterruptedException {
    if (!operator.hasStats()) {
      while (!stopAsked.await(1, TimeUnit.SECONDS)) {
        errors.drain();
      }
      return;
    }
    try (LogSink sink = LogSink.onStandardOutput(sys)) { // which does not wait for its reader
      TextLog out = new TextLog(sink, false);
      ServeStats stats =
          new ServeStats(
              sys,
              metrics,
              main::stats,
              loops.loops(),
              () -> log == null ? 0 : log.lostLines(),
              out::line);
      while (!stopAsked.await(1, TimeUnit.SECONDS)) {
        stats.print();
        boolean _ = out.flush();
        errors.drain();
      }
    }
  }

  private void stop(@Nullable HttpServer figures) throws InterruptedException {
    readiness.set(false);
    TimeUnit.NANOSECONDS.sleep(operator.delayNanos());
    for (HttpServer server : servers) {
      server.stop(Duration.ofNanos(operator.drainNanos()));
    }
    for (HttpServer server : servers) {
      server.stopped().join();
    }
    if (figures != null) {
      figures.close();
    }
  }
}
