package dev.pollux.bench;

import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;

/**
 * The HTTP servers that are compared, each a process. Those in Java have the options of {@link
 * EchoServers#JVM_OPTIONS}.
 *
 * <p>Ownership: close removes what was compiled.
 */
final class HttpServers implements AutoCloseable {

  static final String POLLUX = "pollux";
  static final String C = "c";
  static final String NETTY = "netty-epoll";
  static final String NIO = "nio";
  static final List<String> ALL = List.of(POLLUX, C, NETTY, NIO);

  /** The main classes of the servers stand there; named and not used: they are other programs. */
  private static final String PACKAGE = "dev.pollux.bench.http.";

  private static final String SERVER = "http_server";

  private final CPrograms programs;

  private HttpServers(CPrograms programs) {
    this.programs = programs;
  }

  /** Compiles the one in C, if it is wanted. */
  static HttpServers open(List<String> wanted) throws IOException {
    return new HttpServers(wanted.contains(C) ? CPrograms.compile(SERVER) : CPrograms.compile());
  }

  /**
   * Starts a server and waits until it listens.
   *
   * @throws UnsupportedOperationException if it says that this machine lacks what it needs
   */
  EchoProcess start(String server, OptionalInt processor) throws IOException {
    return switch (server) {
      case C -> EchoProcess.start(List.of(programs.path(SERVER).toString()), processor, false);
      case POLLUX -> java("PolluxHttp", processor);
      case NETTY -> java("NettyHttp", processor);
      case NIO -> java("NioHttp", processor);
      default -> throw new IllegalArgumentException("there is no HTTP server '" + server + "'");
    };
  }

  private static EchoProcess java(String main, OptionalInt processor) throws IOException {
    return EchoProcess.start(EchoServers.java(PACKAGE + main), processor, true);
  }

  @Override
  public void close() throws IOException {
    programs.close();
  }
}
