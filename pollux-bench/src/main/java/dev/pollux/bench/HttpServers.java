package dev.pollux.bench;

import dev.pollux.bench.EchoBenchmark.Processors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP servers that are compared, each a process. Those in Java have the options of {@link
 * EchoServers#JVM_OPTIONS}.
 *
 * <p>Ownership: close ends what is behind proxies, and removes what was compiled, and what they
 * read.
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

  /** Other servers behind the JDK's API, by its service provider. */
  static final String POLLUX_JDK = "pollux-httpserver";

  static final String ROBAHO = "robaho";
  static final String JETTY_JDK = "jetty-http-spi";
  static final String NGINX = "nginx";

  /** Started by the launcher, with its defaults: what a user gets. */
  static final String SERVE = "pollux-serve";

  static final String NETTY_FILES = "netty-files";
  static final String POLLUX_TLS = "pollux-tls";
  static final String NETTY_JDK = "netty-jdk";
  static final String NETTY_OPENSSL = "netty-openssl";
  static final String NGINX_TLS = "nginx-tls";

  static final String C_SOCKETS = "c-ws";

  static final String PROXY = "pollux-proxy";
  static final String NGINX_PROXY = "nginx-proxy";
  static final String HAPROXY = "haproxy";

  /** Those that answer whatever is asked without TLS, but for files. */
  private static final List<String> ANY = List.of(POLLUX, C, NETTY, NIO);

  private static final List<String> SUMS =
      List.of(ARENA, VERTX, HELIDON, JETTY, JDK, POLLUX_JDK, ROBAHO, JETTY_JDK, NGINX);
  private static final List<String> FILES = List.of(SERVE, ARENA, NETTY_FILES, NGINX);
  private static final List<String> TLS = List.of(POLLUX_TLS, NETTY_JDK, NETTY_OPENSSL, NGINX_TLS);

  private static final List<String> SOCKETS = List.of(POLLUX, C_SOCKETS, NETTY, ARENA, VERTX);
  private static final List<String> PROXIES = List.of(PROXY, NGINX_PROXY, HAPROXY);

  static final List<String> ALL =
      Stream.of(ANY, SUMS, FILES, TLS, SOCKETS, PROXIES).flatMap(List::stream).distinct().toList();

  /** The main classes of the servers stand there; named and not used: they are other programs. */
  private static final String PACKAGE = "dev.pollux.bench.http.";

  private static final String ARENA_MAIN = "dev.pollux.arena.ArenaServer";
  private static final String ARENA_ITEMS =
      "examples/arena/src/main/resources/dev/pollux/arena/dataset.json";
  private static final String SERVER = "http_server";
  private static final String SOCKET_SERVER = "ws_server";

  private final CPrograms programs;
  private final HttpFiles files;
  private @Nullable EchoProcess origin; // once a proxy needs it

  private HttpServers(CPrograms programs, HttpFiles files) {
    this.programs = programs;
    this.files = files;
  }

  /** Compiles the servers and loads in C, as far as they are wanted, and writes the files. */
  static HttpServers open(List<String> wanted, List<HttpScenario> scenarios) throws IOException {
    Set<String> names = new LinkedHashSet<>();
    for (HttpScenario scenario : scenarios) {
      names.addAll(HttpLoad.program(scenario));
      for (String server : wanted) {
        if (answers(server, scenario)) {
          names.addAll(program(server));
        }
      }
    }
    HttpFiles files = HttpFiles.make();
    boolean done = false;
    try {
      HttpServers result = new HttpServers(CPrograms.compile(names.toArray(String[]::new)), files);
      done = true;
      return result;
    } finally {
      if (!done) {
        files.close();
      }
    }
  }

  /** The program in C that a server needs, if any. */
  private static List<String> program(String server) {
    return switch (server) {
      case C, PROXY, NGINX_PROXY, HAPROXY -> List.of(SERVER);
      case C_SOCKETS -> List.of(SOCKET_SERVER);
      default -> List.of();
    };
  }

  /** Whether a server answers what is asked in a scenario. */
  static boolean answers(String server, HttpScenario scenario) {
    if (scenario.isTls() || scenario.isOfFiles()) {
      return (scenario.isTls() ? TLS : FILES).contains(server);
    }
    if (scenario.isOfSockets() || scenario.isProxied()) {
      return (scenario.isProxied() ? PROXIES : SOCKETS).contains(server);
    }
    HttpScenario.Sums sums = scenario.sums();
    boolean adds = sums != null && !(server.equals(NGINX) && sums.isMixed());
    return ANY.contains(server) || (adds && SUMS.contains(server));
  }

  /** The files that are asked for. */
  HttpFiles files() {
    return files;
  }

  /**
   * What loads them.
   *
   * @param isOwn whether in Java, where it need not be in C
   */
  HttpLoad load(boolean isOwn, OptionalInt processor) {
    return new HttpLoad(isOwn, processor, programs);
  }

  /**
   * Starts a server and waits until it listens. Behind proxies is the one in C, which runs where
   * the load does, so that the proxy has its processor alone.
   *
   * @throws UnsupportedOperationException if it says that this machine lacks what it needs
   */
  EchoProcess start(String server, Processors processors) throws IOException {
    return switch (server) {
      case PROXY -> java(processors.server(), "PolluxProxy", String.valueOf(origin(processors)));
      case NGINX_PROXY -> Nginx.startProxy(files, origin(processors), processors.server());
      case HAPROXY -> Haproxy.start(files, origin(processors), processors.server());
      default -> start(server, processors.server());
    };
  }

  /** The port of the server behind proxies. */
  private int origin(Processors processors) throws IOException {
    EchoProcess known = origin;
    if (known == null) {
      known = c(SERVER, processors.load());
      origin = known;
    }
    return known.port();
  }

  private EchoProcess start(String server, OptionalInt processor) throws IOException {
    return switch (server) {
      case C -> c(SERVER, processor);
      case C_SOCKETS -> c(SOCKET_SERVER, processor);
      case POLLUX -> java(processor, "PolluxHttp");
      case NETTY -> java(processor, "NettyHttp");
      case NIO -> java(processor, "NioHttp");
      case ARENA -> EchoProcess.start(arena(), processor, false);
      case VERTX -> java(processor, "VertxHttp");
      case HELIDON -> java(processor, "HelidonHttp");
      case JETTY -> java(processor, "JettyHttp");
      case JDK, POLLUX_JDK, ROBAHO, JETTY_JDK -> java(processor, "JdkHttp", server);
      case NGINX -> Nginx.start(files, false, processor);
      case SERVE -> EchoProcess.start(serve(), processor, false);
      case NETTY_FILES -> java(processor, "NettyFiles", files.site().toString());
      case POLLUX_TLS -> java(processor, "PolluxHttp", files.key().toString());
      case NETTY_JDK -> java(processor, "NettyHttp", files.key().toString(), "JDK");
      case NETTY_OPENSSL -> java(processor, "NettyHttp", files.key().toString(), "OPENSSL");
      case NGINX_TLS -> Nginx.start(files, true, processor);
      default -> throw new IllegalArgumentException("there is no HTTP server '" + server + "'");
    };
  }

  private EchoProcess c(String program, OptionalInt processor) throws IOException {
    return EchoProcess.start(List.of(programs.path(program).toString()), processor, false);
  }

  private List<String> arena() throws IOException {
    Path items = CPrograms.moduleFolder().resolveSibling(ARENA_ITEMS);
    String folder = files.site().resolve("static").toString();
    return EchoServers.java(ARENA_MAIN, "0", items.toString(), folder);
  }

  /** As a user starts it, but that a connection does not end after 1,000 requests. */
  private List<String> serve() throws IOException {
    List<String> command = new ArrayList<>(List.of(EchoServers.launcher().toString(), "serve"));
    command.addAll(List.of(files.site().toString(), "--port", "0"));
    command.addAll(List.of("--max-requests", String.valueOf(Integer.MAX_VALUE)));
    return command;
  }

  private static EchoProcess java(OptionalInt processor, String main, String... arguments)
      throws IOException {
    return EchoProcess.start(EchoServers.java(PACKAGE + main, arguments), processor, true);
  }

  @Override
  public void close() throws IOException {
    try (files;
        programs;
        EchoProcess _ = origin) {
      origin = null;
    }
  }
}
