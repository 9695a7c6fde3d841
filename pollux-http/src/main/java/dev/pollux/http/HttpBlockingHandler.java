package dev.pollux.http;

/**
 * What a program makes of requests in the blocking style: on a thread of its own it reads the body
 * from a stream and writes the answer to another.
 *
 * <p>Threads: one that may block; never the loop's. Errors: as of {@link HttpHandler}.
 */
@FunctionalInterface
public interface HttpBlockingHandler {

  /** Answers a request; what it has written when it returns is the answer. */
  void handle(HttpBlocking exchange) throws Exception;
}
