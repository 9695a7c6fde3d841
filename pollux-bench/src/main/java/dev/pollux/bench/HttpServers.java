package dev.pollux.bench;

import java.io.IOException;
import java.util.ArrayList;
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

  /** The entry for HttpArena, as it is shipped. */
  static final String ARENA = "pollux-arena";

  static final String VERTX = "vertx";
  static final String HELIDON = "helidon";
  static final String JETTY = "jetty";
  static final String JDK = "jdk";
  static final String NGINX = "nginx";

  /** Those that answer whatever is asked. */
  private static final List<String> ANY = List.of(POLLUX, C, NETTY, NIO);

  static final List<String> ALL =
      List.of(POLLUX, C, NETTY, NIO, ARENA, VERTX, HELIDON, JETTY, JDK, NGINX);

  /** The main classes of the servers stand there; named and not used: they are other programs. */
  private static final String PACKAGE = "dev.pollux.bench.http.";

  private static final String ARENA_MAIN = "dev.pollux.arena.ArenaServer";
  private static final String SERVER = "http_server";
  private static final String LOAD = "http_load";

  private final CPrograms programs;
  private final Nginx nginx;

  private HttpServers(CPrograms programs, Nginx nginx) {
    this.programs = programs;
    this.nginx = nginx;
  }

  /** Compiles the server and the load in C, as far as they are wanted. */
  static HttpServers open(List<String> wanted, List<HttpScenario> scenarios) throws IOException {
    List<String> names = new ArrayList<>();
    if (wanted.contains(C)) {
      names.add(SERVER);
    }
    if (scenarios.stream().anyMatch(each -> each.sums() != null)) {
      names.add(LOAD);
    }
    return new HttpServers(CPrograms.compile(names.toArray(String[]::new)), Nginx.open());
  }

  /** Whether a server answers what is asked in a scenario. */
  static boolean answers(String server, HttpScenario scenario) {
    HttpScenario.Sums sums = scenario.sums();
    return sums == null ? ANY.contains(server) : !server.equals(NGINX) || !sums.isMixed();
  }

  /**
   * What loads them.
   *
   * @param isOwn whether in Java, where it need not be in C
   */
  HttpLoad load(boolean isOwn, OptionalInt processor) {
    return new HttpLoad(isOwn, processor, programs.path(LOAD));
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
      case ARENA -> EchoProcess.start(EchoServers.java(ARENA_MAIN, "0"), processor, false);
      case VERTX -> java("VertxHttp", processor);
      case HELIDON -> java("HelidonHttp", processor);
      case JETTY -> java("JettyHttp", processor);
      case JDK -> java("JdkHttp", processor);
      case NGINX -> nginx.start(processor);
      default -> throw new IllegalArgumentException("there is no HTTP server '" + server + "'");
    };
  }

  private static EchoProcess java(String main, OptionalInt processor) throws IOException {
    return EchoProcess.start(EchoServers.java(PACKAGE + main), processor, true);
  }

  @Override
  public void close() throws IOException {
    try (nginx) {
      programs.close();
    }
  }
}
