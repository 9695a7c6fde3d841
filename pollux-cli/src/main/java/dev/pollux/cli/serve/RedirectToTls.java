package dev.pollux.cli.serve;

import dev.pollux.http.HttpException;
import dev.pollux.http.HttpHandler;
import dev.pollux.http.HttpRequest;
import dev.pollux.http.HttpResponse;

/**
 * Sends whoever comes without TLS to where it is spoken: the same host, path and query, at the port
 * by which clients know it.
 */
final class RedirectToTls implements HttpHandler {

  private static final int USUAL_PORT = 443;

  private final int port;

  RedirectToTls(int port) {
    this.port = port;
  }

  @Override
  public void handle(HttpRequest request, HttpResponse response) {
    String method = request.method();
    if (method.equals("CONNECT")) {
      throw new HttpException(405, "there is no tunnel here");
    }
    String host = name(request.host());
    if (host.isEmpty()) {
      throw new HttpException(400, "there is no Host");
    }
    boolean isRead = method.equals("GET") || method.equals("HEAD");
    String query = request.query();
    String at = port == USUAL_PORT ? host : host + ":" + port;
    String path = request.path().equals("*") ? "/" : request.path();
    String to = "https://" + at + path + (query == null ? "" : "?" + query);
    var _ = response.redirect(isRead ? 301 : 308, to);
  }

  /** Without a port. */
  private static String name(String host) {
    int bracket = host.indexOf(']');
    int colon = host.indexOf(':', Math.max(bracket, 0));
    return colon < 0 ? host : host.substring(0, colon);
  }
}
