package dev.pollux.http.guide;

import dev.pollux.http.HttpHandler;
import dev.pollux.http.HttpRequest;
import dev.pollux.http.HttpResponse;
import dev.pollux.http.client.ClientRequest;
import dev.pollux.http.client.HttpClient;
import dev.pollux.loop.LoopLocal;

/** Answers with what another service says, without a thread that waits for it. */
final class Front implements HttpHandler {

  /** Each loop has a client, with connections of its own; it is closed with the loop. */
  private final LoopLocal<HttpClient> clients = new LoopLocal<>(HttpClient::of);

  private final String behind;

  Front(String behind) {
    this.behind = behind;
  }

  @Override
  public void handle(HttpRequest request, HttpResponse response) {
    HttpClient client = clients.of(request.loop());
    client.fetch(
        ClientRequest.get(behind + "/greeting"),
        answer -> response.send(answer.text() + ", it says"),
        failure -> response.status(502).send(failure.reason().toString()));
    response.later();
  }
}
