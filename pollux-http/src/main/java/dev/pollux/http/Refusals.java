package dev.pollux.http;

/** The answers that are the server's own. */
final class Refusals {

  private Refusals() {}

  /** Answers in plain text, in the place of what was said so far. */
  static void answer(HttpResponse response, int status, String problem) {
    response.clear();
    var _ = response.status(status).send(Statuses.text(status, problem));
  }

  /** Answers that the program has failed, and nothing of how. */
  static void answerFailure(HttpResponse response) {
    response.clear();
    var _ = response.status(500).send("500 Internal Server Error\n");
  }
}
