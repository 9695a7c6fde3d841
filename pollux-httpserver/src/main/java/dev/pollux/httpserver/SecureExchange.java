package dev.pollux.httpserver;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpPrincipal;
import com.sun.net.httpserver.HttpsExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** An exchange with TLS, as the JDK's API has it. Threads: as of the core. */
final class SecureExchange extends HttpsExchange {

  private final ExchangeCore core;

  SecureExchange(ExchangeCore core) {
    this.core = core;
  }

  @Override
  public @Nullable SSLSession getSSLSession() {
    return core.session();
  }

  @Override
  public Headers getRequestHeaders() {
    return core.requestHeaders();
  }

  @Override
  public Headers getResponseHeaders() {
    return core.responseHeaders();
  }

  @Override
  public URI getRequestURI() {
    return core.uri();
  }

  @Override
  public String getRequestMethod() {
    return core.method();
  }

  @Override
  public HttpContext getHttpContext() {
    return core.context();
  }

  @Override
  public void close() {
    core.close();
  }

  @Override
  public InputStream getRequestBody() {
    return core.request();
  }

  @Override
  public OutputStream getResponseBody() {
    return core.response();
  }

  @Override
  public void sendResponseHeaders(int code, long length) throws IOException {
    core.sendHead(code, length);
  }

  @Override
  public InetSocketAddress getRemoteAddress() {
    return core.remote();
  }

  @Override
  public int getResponseCode() {
    return core.status();
  }

  @Override
  public InetSocketAddress getLocalAddress() {
    return core.local();
  }

  @Override
  public String getProtocol() {
    return core.protocol();
  }

  @Override
  public @Nullable Object getAttribute(String name) {
    return core.attribute(name);
  }

  @Override
  public void setAttribute(String name, @Nullable Object value) {
    core.setAttribute(name, value);
  }

  @Override
  public void setStreams(@Nullable InputStream request, @Nullable OutputStream response) {
    core.setStreams(request, response);
  }

  @Override
  public @Nullable HttpPrincipal getPrincipal() {
    return core.principal();
  }

  @Override
  public String toString() {
    return core.toString();
  }
}
