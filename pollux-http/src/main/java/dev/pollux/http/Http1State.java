package dev.pollux.http;

/** Where a connection of HTTP/1 stands. */
enum Http1State {
  /** Between requests, or within a head. */
  HEAD,
  /** The program has a request, which it may still have the body read of. */
  HANDLING,
  /** The answer is complete, and the rest of the body is passed over. */
  DRAINING,
  /** It ends: what comes is nothing any more. */
  OVER,
  /** It is another handler's. */
  SWITCHED
}
