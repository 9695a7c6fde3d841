package dev.pollux.cli.serve;

import dev.pollux.cli.terminal.ListenAdvice;
import dev.pollux.cli.terminal.Places;
import dev.pollux.cli.terminal.Signals;
import dev.pollux.http.ForwardedFor;
import dev.pollux.http.HttpHandler;
import dev.pollux.http.HttpServer;
import dev.pollux.http.RateLimit;
import dev.pollux.http.Readiness;
import dev.pollux.http.SecurityFields;
import dev.pollux.http.files.StaticFiles;
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
import org.jspecify.annotations.Nullable;

/**
 * One run of {@code pollux serve}: folder, loops, servers and signals, from the line {@code
 * serving} to the end. The main thread waits, and prints figures.
 */
final class ServeRun {

  private static final String METRICS = "metrics"; // the name of an inherited descriptor

  private final Sys sys;
  private final SiteFlags siteFlags;
  private final ListenFlags listen;
  private final long delayNanos;
  private final long drainNanos;
  private final boolean hasStats;
  private final Readiness readiness = new Readiness();
  private final CountDownLatch stopAsked = new CountDownLatch(1);
  private final List<HttpServer> servers = new ArrayList<>();

  ServeRun(
      Sys sys,
      SiteFlags siteFlags,
      ListenFlags listen,
      long delayNanos,
      long drainNanos,
      boolean hasStats) {
    this.sys = sys;
    this.siteFlags = siteFlags;
    this.listen = listen;
    this.delayNanos = delayNanos;
    this.drainNanos = drainNanos;
    this.hasStats = hasStats;
  }

  /** Serves until it is told to stop; the exit code. */
  int serve() throws SysException {
    Certificates certificates = listen.isTls() ? Certificates.of(listen.tls()) : null;
    LoopOptions options =
        LoopOptions.DEFAULT
            .withName("serve")
            .withErrorHandler((loop, what, cause) -> say(loop + ": " + what + " failed: " + cause));
    try (StaticFiles site = siteFlags.open();
        LoopGroup loops = LoopGroup.start(sys, listen.loops(), options)) {
      HttpServer main = start(loops, certificates, handler(site));
      Signals.onStopOrReload(stopAsked::countDown, () -> reload(site, certificates));
      redirect(loops, main);
      System.out.println("serving " + siteFlags.folder() + " on " + uri(main, certificates));
      await();
      stop();
    }
    return 0;
  }

  /** What answers: the files, and around them what was asked for. */
  private HttpHandler handler(StaticFiles site) {
    HttpHandler handler =
        SecurityFields.DEFAULT.withFrameOptions(null).withReferrerPolicy(null).around(site);
    Integer rate = listen.maxRate();
    if (rate != null) {
      handler = RateLimit.of(rate, Duration.ofSeconds(1)).around(handler);
    }
    Integer hops = listen.hops();
    return hops == null ? handler : ForwardedFor.hops(hops).around(handler);
  }

  // ---- listening

  private HttpServer start(
      LoopGroup loops, @Nullable Certificates certificates, HttpHandler handler)
      throws SysException {
    ServerOptions options = inherited();
    if (options == null) {
      options = at(listen.address());
    }
    if (certificates != null) {
      options = options.withTls(certificates.tls());
    }
    return start(loops, options, handler);
  }

  private HttpServer start(LoopGroup loops, ServerOptions options, HttpHandler handler) {
    try {
      HttpServer server = HttpServer.start(loops, options, listen.http(readiness), handler);
      servers.add(server);
      return server;
    } catch (SysException e) {
      throw ListenAdvice.failure(sys, options.address(), e);
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

  /** What systemd, or another that listens in our place, has left; null without. */
  private @Nullable ServerOptions inherited() throws SysException {
    for (ListenFds each : ListenFds.of(sys, System.getenv())) {
      if (!each.name().equals(METRICS)) {
        ServerOptions options = ServerOptions.on(each.fd());
        Integer most = listen.maxConnections();
        return most == null ? options : options.withMaxConnections(most);
      }
    }
    return null;
  }

  private void redirect(LoopGroup loops, HttpServer main) {
    Integer port = listen.redirectPort();
    if (port != null && main.address() instanceof InetSocketAddress tls) {
      HttpServer server = start(loops, at(listen.address(port)), new RedirectToTls(tls.getPort()));
      System.out.println("redirecting from " + uri(server, null));
    }
  }

  private static String uri(HttpServer server, @Nullable Certificates certificates) {
    String scheme = certificates == null ? "http" : "https";
    if (!(server.address() instanceof InetSocketAddress address)) {
      return scheme + ", " + Addresses.text(server.address());
    }
    InetAddress host = address.getAddress();
    String text = Addresses.text(address);
    boolean isAny = host != null && host.isAnyLocalAddress();
    return scheme + "://" + text + "/" + (isAny ? " (all addresses of this host)" : "");
  }

  // ---- the end

  private void reload(StaticFiles site, @Nullable Certificates certificates) {
    try {
      site.reopen();
      if (certificates != null) {
        certificates.reload();
      }
      say("reloaded");
    } catch (IOException | IllegalArgumentException e) {
      say("all is as before, as it cannot be reloaded: " + e.getMessage());
    }
  }

  private static void say(String text) {
    System.err.println("pollux serve: " + text);
  }

  private void await() {
    try {
      stopAsked.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void stop() {
    readiness.set(false);
    try {
      if (delayNanos > 0) {
        TimeUnit.NANOSECONDS.sleep(delayNanos);
      }
      for (HttpServer server : servers) {
        server.stop(Duration.ofNanos(drainNanos));
      }
      for (HttpServer server : servers) {
        server.stopped().join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
