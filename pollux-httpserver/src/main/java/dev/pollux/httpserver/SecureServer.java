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

/** A server with TLS, as the JDK's API has it: another type of the same. Threads: any. */
final class SecureServer extends HttpsServer {

  private final Server plain;
  private volatile @Nullable HttpsConfigurator configurator;

  SecureServer(Settings settings) {
    plain = new Server(this, settings);
  }

  @Override
  public void setHttpsConfigurator(HttpsConfigurator newConfigurator) {
    Objects.requireNonNull(newConfigurator, "null HttpsConfigurator");
    plain.requireNotStarted();
    configurator = newConfigurator;
  }

  @Override
  public @Nullable HttpsConfigurator getHttpsConfigurator() {
    return configurator;
  }

  @Override
  public void bind(InetSocketAddress address, int backlog) throws IOException {
    plain.bind(address, backlog);
  }

  @Override
  public void start() {
    plain.start(configurator);
  }

  @Override
  public void setExecutor(@Nullable Executor executor) {
    plain.setExecutor(executor);
  }

  @Override
  public @Nullable Executor getExecutor() {
    return plain.getExecutor();
  }

  @Override
  public void stop(int delay) {
    plain.stop(delay);
  }

  @Override
  public HttpContext createContext(String path, HttpHandler handler) {
    return plain.createContext(path, handler);
  }

  @Override
  public HttpContext createContext(String path) {
    return plain.createContext(path);
  }

  @Override
  public void removeContext(String path) {
    plain.removeContext(path);
  }

  @Override
  public void removeContext(HttpContext context) {
    plain.removeContext(context);
  }

  @Override
  public @Nullable InetSocketAddress getAddress() {
    return plain.getAddress();
  }

  @Override
  public String toString() {
    return plain.toString();
  }
}
