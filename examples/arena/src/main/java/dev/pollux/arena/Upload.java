package dev.pollux.arena;

import dev.pollux.http.HttpBodyHandler;
import dev.pollux.http.HttpRequest;
import dev.pollux.http.HttpResponse;
import java.nio.ByteBuffer;

/** Counts the bytes of a body as they come, and keeps none. */
final class Upload implements HttpBodyHandler {

  private final HttpResponse response;
  private long bytes;

  private Upload(HttpResponse response) {
    this.response = response;
  }

  static void count(HttpRequest request, HttpResponse response) throws Exception {
    request.body().stream(new Upload(response));
  }

  @Override
  public void data(ByteBuffer data) {
    bytes += data.remaining();
  }

  @Override
  public void end() {
    response.send(String.valueOf(bytes));
  }
}
