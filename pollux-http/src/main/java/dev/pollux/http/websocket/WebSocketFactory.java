package dev.pollux.http.websocket;

import dev.pollux.http.HttpRequest;

/** Makes the handler of a WebSocket that a client asks for. */
@FunctionalInterface
public interface WebSocketFactory {

  /**
   * A client asks for one, rightly, and from an origin that is allowed.
   *
   * @param request lent until this returns
   * @throws dev.pollux.http.HttpException to refuse it, with its status
   */
  WebSocketHandler begin(HttpRequest request) throws Exception;
}
