package dev.pollux.httpserver;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A server with TLS, as the JDK's API has it. Threads: any. */
final class SecureServer extends HttpsServer {

  private final ServerCore core;
  private volatile @Nullable HttpsConfigurator configurator;

  SecureServer(@Nullable InetSocketAddress address, int backlog, Settings settings)
      throws IOException {
    core = new ServerCore(this, true, settings);
    if (address != null) {
      core.bind(address, backlog);
    }
  }

  @Override
  public void setHttpsConfigurator(HttpsConfigurator newConfigurator) {
    Objects.requireNonNull(newConfigurator, "null HttpsConfigurator");
    core.requireNotStarted();
    configurator = newConfigurator;
  }

  @Override
  public @Nullable HttpsConfigurator getHttpsConfigurator() {
    return configurator;
  }

  @Override
  public void bind(InetSocketAddress address, int backlog) throws IOException {
    core.bind(address, backlog);
  }

  @Override
  public void start() {
    core.start(configurator);
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
