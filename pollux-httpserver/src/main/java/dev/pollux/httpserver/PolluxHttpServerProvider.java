package dev.pollux.httpserver;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;
import com.sun.net.httpserver.spi.HttpServerProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Makes the servers of {@code com.sun.net.httpserver}. It is found where this module is on the
 * class path or the module path; where there are several, the JDK takes the one that is named:
 *
 * <pre>{@code
 * -Dcom.sun.net.httpserver.HttpServerProvider=dev.pollux.httpserver.PolluxHttpServerProvider
 * }</pre>
 *
 * <p>How the servers are set up is up to the JDK's system properties, and {@value #LOOPS} for how
 * many loops each has. The guide has them all.
 */
public final class PolluxHttpServerProvider extends HttpServerProvider {

  /** The system property that says how many loops a server has. */
  public static final String LOOPS = "dev.pollux.httpserver.loops";

  /** For the JDK, which makes one by this. */
  public PolluxHttpServerProvider() {}

  @Override
  public HttpServer createHttpServer(@Nullable InetSocketAddress address, int backlog)
      throws IOException {
    return bound(new Server(Settings.current()), address, backlog);
  }

  @Override
  public HttpsServer createHttpsServer(@Nullable InetSocketAddress address, int backlog)
      throws IOException {
    return bound(new SecureServer(Settings.current()), address, backlog);
  }

  private static <S extends HttpServer> S bound(
      S server, @Nullable InetSocketAddress address, int backlog) throws IOException {
    if (address != null) {
      server.bind(address, backlog);
    }
    return server;
  }
}
