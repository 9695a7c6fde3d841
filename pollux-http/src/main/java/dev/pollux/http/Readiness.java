package dev.pollux.http;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Says whether a service takes requests, to whoever deals them out: 200 while it does, 503 from
 * when it is told to stop, or is not yet ready.
 *
 * <pre>{@code
 * Readiness readiness = new Readiness();
 * HttpHandler service = new Router().get("/health/ready", readiness)…;
 * HttpServer server =
 *     HttpServer.start(loops, options, HttpOptions.DEFAULT.withReadiness(readiness), service);
 * }</pre>
 *
 * <p>A server that has it in its options says no by it when it {@linkplain HttpServer#stop stops}.
 *
 * <p>Threads: any.
 */
public final class Readiness implements HttpHandler {

  private static final HttpContent YES = HttpContent.text("ready\n");
  private static final HttpContent NO = HttpContent.text("not ready\n");

  private final AtomicBoolean isReady = new AtomicBoolean(true);

  /** One that says yes. */
  public Readiness() {}

  /** Says yes or no from now on. */
  public void set(boolean ready) {
    isReady.set(ready);
  }

  /** What it says. */
  public boolean isReady() {
    return isReady.get();
  }

  @Override
  public void handle(HttpRequest request, HttpResponse response) {
    boolean yes = isReady();
    var _ = response.status(yes ? 200 : 503).field("Cache-Control", "no-store");
    var _ = response.send(yes ? YES : NO);
  }
}
