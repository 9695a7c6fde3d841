package dev.pollux.http;

import dev.pollux.loop.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/**
 * Says whether loops turn, to whoever starts a process anew that is stuck: 200 if each of them runs
 * a task within some time, else 503, and which do not. Whether it takes requests is said by {@link
 * Readiness}.
 *
 * <pre>{@code
 * HttpHandler operators = new Router().get("/health/live", Liveness.of(group.loops()))…;
 * }</pre>
 *
 * <p>It is to be asked on a loop that is none of these, as one that is stuck answers nobody; in a
 * test, by {@link HttpCall#on}.
 *
 * <p>Threads: any loop's.
 */
public final class Liveness implements HttpHandler {

  private static final Duration DEFAULT_TIME = Duration.ofSeconds(2);
  private static final HttpContent ALIVE = HttpContent.text("ok\n");

  private final List<LoopLook> looks;
  private final long mostNanos;

  private Liveness(List<LoopLook> looks, long mostNanos) {
    this.looks = looks;
    this.mostNanos = mostNanos;
  }

  /** Of these loops. */
  public static Liveness of(List<EventLoop> loops) {
    return new Liveness(loops.stream().map(LoopLook::new).toList(), DEFAULT_TIME.toNanos());
  }

  /**
   * As this, with so much time for a loop; 2 s by default.
   *
   * @throws IllegalArgumentException if that is not positive
   */
  public Liveness withTime(Duration time) {
    if (!time.isPositive()) {
      throw new IllegalArgumentException("time: " + time + " is not positive");
    }
    return new Liveness(looks, time.toNanos());
  }

  @Override
  public void handle(HttpRequest request, HttpResponse response) {
    var _ = response.field("Cache-Control", "no-store").later();
    List<EventLoop> missing = new ArrayList<>();
    looks.forEach(look -> missing.add(look.loop()));
    if (missing.isEmpty()) {
      answer(response, missing);
      return;
    }
    var timer = request.loop().schedule(mostNanos, () -> answer(response, missing));
    LoopLook.Asker asker = loop -> turned(request, response, missing, loop);
    response.whenOver(() -> {
      request.loop().cancel(timer);
      looks.forEach(look -> look.forget(asker));
    });
    looks.forEach(look -> look.ask(asker));
  }

  /** On the loop that turned. */
  private static void turned(
      HttpRequest request, HttpResponse response, List<EventLoop> missing, EventLoop loop) {
    try {
      request.execute(() -> {
        boolean _ = missing.remove(loop);
        if (missing.isEmpty()) {
          answer(response, missing);
        }
      });
    } catch (RejectedExecutionException _) {
      // whoever asks is told that it does not turn: the loop of the answer has too much to do
    }
  }

  private static void answer(HttpResponse response, List<EventLoop> missing) {
    if (!response.isOpen()) {
      return;
    }
    if (missing.isEmpty()) {
      var _ = response.send(ALIVE);
      return;
    }
    StringBuilder text = new StringBuilder();
    for (EventLoop loop : missing) {
      text.append(loop).append(" does not turn\n");
    }
    var _ = response.status(503).send(text.toString());
  }
}
