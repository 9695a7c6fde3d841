package dev.pollux.http;

/**
 * Has a last look at the head of an answer before it is sent, whoever answers: the handler, one
 * around it, or the server where that has failed. Where there are several, the one that was asked
 * for last is the first.
 *
 * <p>Threads: the loop's. It may be called again, when what was said in between was forgotten.
 */
@FunctionalInterface
interface HeadFilter {

  /** Sets what is missing in the answer, of which nothing was sent. */
  void beforeHead(HttpRequest request, HttpResponse response);
}
