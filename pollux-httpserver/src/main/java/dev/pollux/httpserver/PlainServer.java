package dev.pollux.httpserver;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A server without TLS, as the JDK's API has it. Threads: any. */
final class PlainServer extends HttpServer {

  private final ServerCore core;

  PlainServer(@Nullable InetSocketAddress address, int backlog, Settings settings)
      throws IOException {
    core = new ServerCore(this, false, settings);
    if (address != null) {
      core.bind(address, backlog);
    }
  }

  @Override
  public void bind(InetSocketAddress address, int backlog) throws IOException {
    core.bind(address, backlog);
  }

  @Override
  public void start() {
    core.start(null);
  }

  @Override
  public void setExecutor(@Nullable Executor executor) {
    core.setExecutor(executor);
  }

  @Override
  public @Nullable Executor getExecutor() {
    return core.executor();
  }

  @Override
  public void stop(int delay) {
    core.stop(delay);
  }

  @Override
  public HttpContext createContext(String path, HttpHandler handler) {
    return core.contexts().create(path, handler);
  }

  @Override
  public HttpContext createContext(String path) {
    return core.contexts().create(path);
  }

  @Override
  public void removeContext(String path) {
    core.contexts().remove(path);
  }

  @Override
  public void removeContext(HttpContext context) {
    core.contexts().remove(context);
  }

  @Override
  public @Nullable InetSocketAddress getAddress() {
    return core.address();
  }

  @Override
  public String toString() {
    return core.toString();
  }
}
