package dev.pollux.http;

/**
 * What a program makes of requests: it answers each of them.
 *
 * <pre>{@code
 * HttpHandler hello = (request, response) -> response.send("Hello");
 * }</pre>
 *
 * <p>It is called when the head of a request is there; {@link HttpRequest#body} reads what comes
 * behind. The answer is complete when this returns, or it is said to come {@linkplain
 * HttpResponse#later later}, which whoever begins to read the body says by that.
 *
 * <p>Threads: the loop's of the connection; it must not block. Who has to block uses {@link
 * HttpBlocking}.
 *
 * <p>Errors: what this throws is answered with 500 and is told to the {@linkplain
 * dev.pollux.net.ConnectionObserver#failed observer} of the connection, as is no answer at all; an
 * {@link HttpException} is answered with its status, and told to nobody. If an answer has begun by
 * then, the connection is reset, so that nobody takes what there is for everything.
 */
@FunctionalInterface
public interface HttpHandler {

  /** Answers a request. */
  void handle(HttpRequest request, HttpResponse response) throws Exception;
}
