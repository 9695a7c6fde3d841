package dev.pollux.httpserver;

import dev.pollux.http.HttpException;
import dev.pollux.http.HttpRequest;
import dev.pollux.http.HttpResponse;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopTimer;
import java.time.Duration;

/**
 * How long a request may take to come, and its answer to be written, where the program bounds that.
 * Who is late is answered 408 or 503, or cut off within an answer; the handler's streams fail then.
 *
 * <p>Threads: the loop's.
 */
final class TimeLimits {

  private TimeLimits() {}

  /** Watches an exchange that begins. */
  static void watch(Settings settings, HttpRequest request, HttpResponse response) {
    long requestNanos = nanos(settings.requestTime());
    long responseNanos = nanos(settings.responseTime());
    if (requestNanos > 0 && !request.body().isOver()) {
      at(requestNanos, request, response, () -> lateRequest(request, response));
    }
    if (responseNanos > 0) {
      watchResponse(responseNanos, request, response);
    }
  }

  private static long nanos(Duration time) {
    return time.toNanos();
  }

  private static void at(long nanos, HttpRequest request, HttpResponse response, Runnable late) {
    EventLoop loop = request.loop();
    LoopTimer timer = loop.schedule(nanos, late);
    response.whenOver(() -> loop.cancel(timer));
  }

  private static void lateRequest(HttpRequest request, HttpResponse response) {
    if (response.isOpen() && !request.body().isOver()) {
      request.fail(new HttpException(408, "the request took too long"));
    }
  }

  /** From the end of the request on: looked at each time that much has passed. */
  private static void watchResponse(long nanos, HttpRequest request, HttpResponse response) {
    boolean isDue = request.body().isOver();
    at(
        nanos,
        request,
        response,
        () -> {
          if (response.isOpen() && isDue) {
            request.fail(new HttpException(503, "the answer took too long"));
          } else if (response.isOpen()) {
            watchResponse(nanos, request, response);
          }
        });
  }
}
