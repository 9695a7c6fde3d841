package dev.pollux.http.guide;

import dev.pollux.http.client.ClientRequest;
import dev.pollux.http.client.HttpClient;
import dev.pollux.http.client.WholeAnswer;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import java.io.IOException;
import java.time.Duration;

/** Prints what is at a URI. */
final class Fetch {

  static String text(HttpClient client, String uri) throws IOException, InterruptedException {
    ClientRequest request = ClientRequest.get(uri).withTotalTime(Duration.ofSeconds(10));
    WholeAnswer answer = client.blocking().send(request);
    if (answer.status() != 200) {
      throw new IOException(uri + " answers " + answer.status());
    }
    return answer.text();
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    try (LoopGroup loops = LoopGroup.start(1, LoopOptions.DEFAULT)) {
      HttpClient client = HttpClient.of(loops.next());
      System.out.println(text(client, args[0]));
    }
  }
}
