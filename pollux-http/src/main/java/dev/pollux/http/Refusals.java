package dev.pollux.http;

/** The answers that are the server's own. */
final class Refusals {

  private Refusals() {}

  /** Answers in plain text, in the place of what was said so far; 500 says nothing of why. */
  private static void answer(HttpResponse response, int status, String problem) {
    String text = status == 500 && problem.isEmpty() ? "500 Internal Server Error\n" : "";
    response.clear();
    var _ = response.status(status).send(text.isEmpty() ? Statuses.text(status, problem) : text);
  }

  /**
   * Answers, and if those who look at heads throw something, reports it and answers 500 without
   * them; where that fails too, the exchange is broken off.
   */
  static void answer(Exchange exchange, int status, String problem) {
    HttpResponse response = exchange.response;
    try {
      answer(response, status, problem);
      return;
    } catch (Throwable t) {
      exchange.report(t);
    }
    try {
      response.filters.clear();
      answer(response, 500, "");
    } catch (Throwable t) {
      exchange.abort(t);
    }
  }
}
