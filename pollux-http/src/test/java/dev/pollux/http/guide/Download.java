package dev.pollux.http.guide;

import dev.pollux.http.client.BlockingAnswer;
import dev.pollux.http.client.ClientRequest;
import dev.pollux.http.client.HttpClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Saves what is at a URI, however long it is. */
final class Download {

  static long save(HttpClient client, String uri, Path file)
      throws IOException, InterruptedException {
    try (BlockingAnswer answer = client.blocking().open(ClientRequest.get(uri));
        InputStream body = answer.body()) {
      if (answer.head().status() != 200) {
        throw new IOException(uri + " answers " + answer.head().status());
      }
      return Files.copy(body, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private Download() {}
}
