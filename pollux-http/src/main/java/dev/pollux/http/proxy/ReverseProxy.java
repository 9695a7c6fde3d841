package dev.pollux.http.proxy;

import dev.pollux.http.HttpException;
import dev.pollux.http.HttpHandler;
import dev.pollux.http.HttpRequest;
import dev.pollux.http.HttpResponse;
import dev.pollux.loop.EventLoop;
import dev.pollux.sys.UnixAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Has other servers answer.
 *
 * <pre>{@code
 * ReverseProxy proxy = ReverseProxy.to("http://10.0.0.1:8080", "http://10.0.0.2:8080");
 * proxy.start(loops.loops());
 * HttpServer.start(loops, options, proxy);
 * }</pre>
 *
 * <p>Each request goes to the target that has the fewest under way, among those that are up. One
 * that cannot be connected to is left alone for a while, and the request goes to another, as long
 * as nothing of it was sent, or it may be sent twice. With a {@linkplain ProxyOptions#healthPath
 * path to look at} no target is up before a look at it was good; requests wait until there is one,
 * or all were looked at, but no longer than a look may take, and 5 s. Bodies are passed on as they
 * come, both ways; who does not take them makes the other wait. So are early answers, trailers of
 * answers, and what is spoken behind an {@linkplain ProxyOptions#upgrades upgrade}, which is under
 * way as long as it is open.
 *
 * <p>What belongs to one connection alone is not passed on; what is behind is told where the
 * request came from by {@code X-Forwarded-For}, {@code -Proto}, {@code -Host} and {@code
 * Forwarded}, and both sides that it went through a proxy by {@code Via}. A client is told 502
 * where there is no right answer, 503 where no connection is left, and 504 where it takes too long;
 * who is told more is said by {@link ProxyOptions#withFailureListener}.
 *
 * <p>Ownership: connections are the loops'; {@link #close} ends those of all loops. Threads: any.
 * Source: RFC 9110, 7.6; RFC 9112.
 */
public final class ReverseProxy implements HttpHandler, AutoCloseable {

  private static final String UNIX = "unix:";
  private static final long PAUSE_NANOS = 100_000; // 100 us

  private final List<Place> places;
  private final ProxyOptions options;
  private final Map<EventLoop, LoopProxy> loops = new ConcurrentHashMap<>();
  private volatile boolean isClosed;

  private ReverseProxy(List<Place> places, ProxyOptions options) {
    this.places = places;
    this.options = options;
  }

  /** With options by default. */
  public static ReverseProxy to(String... targets) {
    return to(ProxyOptions.DEFAULT, List.of(targets));
  }

  /**
   * A proxy.
   *
   * @param targets each {@code http://host:port}, {@code https://host:port}, or {@code unix:/path}
   *     for a socket; without a path, as that of the request is sent as it is
   * @throws IllegalArgumentException if there is none, or one is something else
   */
  public static ReverseProxy to(ProxyOptions options, List<String> targets) {
    if (targets.isEmpty()) {
      throw new IllegalArgumentException("targets: there is none");
    }
    List<Place> places = new ArrayList<>();
    for (String target : targets) {
      places.add(place(target));
    }
    return new ReverseProxy(places, Objects.requireNonNull(options, "options"));
  }

  private static Place place(String target) {
    if (target.startsWith(UNIX)) {
      String path = target.substring(UNIX.length());
      return new Place(name(path), URI.create("http://localhost"), UnixAddress.path(path));
    }
    try {
      URI uri = URI.create(target);
      String path = uri.getRawPath();
      boolean isBare =
          (path == null || path.isEmpty() || path.equals("/")) && uri.getQuery() == null;
      Place known = new Place(uri, uri, null);
      if (isBare) {
        return known;
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "target '" + target + "' is no http://host:port, https://host:port or unix:/path", e);
    }
    throw new IllegalArgumentException(
        "target '" + target + "' has a path: that of each request is sent as it is");
  }

  /** Of a socket, with what no URI may have encoded. */
  private static URI name(String path) {
    try {
      return new URI("unix", path, null);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("target 'unix:" + path + "' is no unix:/path", e);
    }
  }

  @Override
  public void handle(HttpRequest request, HttpResponse response) throws Exception {
    LoopProxy here = of(request.loop());
    if (here == null) {
      throw closed();
    }
    new Passage(here, request, response).begin();
  }

  static HttpException closed() {
    return new HttpException(503, "this proxy is closed");
  }

  /**
   * Begins to look at the targets from these loops, where {@link ProxyOptions#healthPath} says so;
   * to be called when the server opens. Of another loop the first request does that, and waits. Any
   * thread; what has begun goes on.
   */
  public void start(List<EventLoop> all) {
    for (EventLoop loop : all) {
      if (loop.inLoop()) {
        LoopProxy _ = of(loop);
      } else {
        post(
            loop,
            () -> {
              LoopProxy _ = of(loop);
            });
      }
    }
  }

  /** What a loop has of it; null if it is closed. */
  private @Nullable LoopProxy of(EventLoop loop) {
    LoopProxy here = isClosed ? null : begin(loop);
    if (here != null && isClosed) { // looked at behind that: whoever closes sees it, or this does
      here.close();
      return null;
    }
    return here;
  }

  private LoopProxy begin(EventLoop loop) {
    LoopProxy known = loops.get(loop);
    if (known == null) {
      List<Target> targets = new ArrayList<>();
      for (Place place : places) {
        targets.add(new Target(place));
      }
      known = new LoopProxy(loop, targets, options);
      var _ = loops.put(loop, known);
    }
    return known;
  }

  /** How the targets are, as the loops know them; in the order that they were given in. */
  public List<TargetHealth> targets() {
    boolean isLookedAt = options.healthPath() != null;
    return places.stream().map(place -> place.health(isLookedAt)).toList();
  }

  /**
   * Ends all connections, tunnels in order, and looks at no target any more. Any thread;
   * idempotent.
   */
  @Override
  public void close() {
    isClosed = true;
    for (Map.Entry<EventLoop, LoopProxy> each : loops.entrySet()) {
      EventLoop loop = each.getKey();
      if (loop.inLoop()) {
        each.getValue().close();
      } else {
        post(loop, each.getValue()::close);
      }
    }
    loops.clear();
  }

  /** Waits for room where the loop has too much to do: this must not be lost. */
  private static void post(EventLoop loop, Runnable task) {
    while (!loop.isClosed() && !loop.offer(task) && loop.isOwned()) {
      loop.options().threads().pause(PAUSE_NANOS);
    }
  }

  @Override
  public String toString() {
    return "proxy to " + places.stream().map(Place::toString).toList();
  }
}
