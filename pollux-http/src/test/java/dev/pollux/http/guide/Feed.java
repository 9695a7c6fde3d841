package dev.pollux.http.guide;

import dev.pollux.http.HttpHandler;
import dev.pollux.http.HttpRequest;
import dev.pollux.http.HttpResponse;

/**
 * Sends the time of the loop each second, until the client goes; to one that does not read, less.
 */
final class Feed implements HttpHandler {

  private static final long SECOND_NANOS = 1_000_000_000L;

  @Override
  public void handle(HttpRequest request, HttpResponse response) {
    response.begin("text/event-stream");
    tick(request, response);
  }

  private static void tick(HttpRequest request, HttpResponse response) {
    if (!response.isOpen()) {
      return; // the client is gone
    }
    if (response.isWritable()) {
      response.write("data: " + request.loop().nowNanos() + "\n\n");
    }
    var _ = request.loop().schedule(SECOND_NANOS, () -> tick(request, response));
  }
}
