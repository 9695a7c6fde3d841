package dev.pollux.examples.web;

import dev.pollux.examples.Program;
import java.net.http.HttpClient;
import org.junit.jupiter.api.Test;

/** The chat, by clients that are not ours. */
class ChatIT {

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void line_isHeardByAll() throws Exception {
    try (Program chat = new Program(ChatOverWebSocket.class);
        Ears ann = new Ears(http, chat, "/chat/ann")) {
      ann.assertHears("ann is here");
      Ears bob = new Ears(http, chat, "/chat/bob");
      bob.assertHears("bob is here");
      ann.assertHears("bob is here");
      ann.say("hello, bob ☕");
      bob.assertHears("ann: hello, bob ☕");
      ann.assertHears("ann: hello, bob ☕");
      bob.close();
      bob.assertHears("closed 1000");
      ann.assertHears("bob has left");
    }
  }
}
