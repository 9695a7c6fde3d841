package dev.pollux.http.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pollux.http.HttpHandler;
import dev.pollux.http.HttpOptions;
import dev.pollux.http.HttpServer;
import dev.pollux.http.HttpWire;
import dev.pollux.net.CloseCause;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A client's wire to a proxy, and servers behind it on the same model kernel, whose bytes the test
 * may write and read itself. In texts ¶ is CR LF. Closing it checks that nothing is left.
 */
public final class ProxyWire implements AutoCloseable {

  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
  private static final int MOST_TURNS = 50;

  /** The front. */
  public final HttpWire wire;

  /** What is asked: the proxy, mostly. */
  public HttpHandler handler = (_, _) -> {};

  /** The connections to a server that {@link #raw} made, in their order. */
  public final List<Far> fars = new ArrayList<>();

  private final List<AutoCloseable> servers = new ArrayList<>();

  /** With options by default. */
  public ProxyWire() {
    this(HttpWire.OPTIONS, ConnectionOptions.DEFAULT);
  }

  ProxyWire(HttpOptions options, ConnectionOptions like) {
    wire = HttpWire.to(options, like, (request, response) -> handler.handle(request, response));
  }

  /** A server behind. */
  public String serve(HttpHandler behind) throws SysException {
    HttpServer server = HttpServer.open(wire.loop, ServerOptions.at(ANY), behind);
    servers.add(server);
    return uri(server.address());
  }

  /** A server whose bytes are the test's. */
  public String raw() throws SysException {
    return raw(_ -> {});
  }

  /** A server whose bytes are the test's, which is told when some came. */
  public String raw(Consumer<Far> came) throws SysException {
    Server server =
        Server.open(
            wire.loop,
            ServerOptions.at(ANY),
            connection -> {
              Far far = new Far(connection, came);
              fars.add(far);
              return far;
            });
    servers.add(server);
    return uri(server.address());
  }

  private static String uri(java.net.SocketAddress address) {
    return "http://127.0.0.1:" + ((InetSocketAddress) address).getPort();
  }

  /** Asks a proxy to these from now on. */
  public ReverseProxy to(ProxyOptions options, String... targets) {
    ReverseProxy proxy = ReverseProxy.to(options, List.of(targets));
    servers.addFirst(proxy);
    handler = proxy;
    return proxy;
  }

  /** A target at this URI. */
  static Place place(URI uri) {
    return new Place(uri, uri, null);
  }

  /** Sends this, and waits for something to come. */
  public String ask(String request) {
    wire.send(request);
    String answer = wire.read();
    for (int i = 0; i < MOST_TURNS && answer.isEmpty(); i++) {
      answer = wire.turn().read();
    }
    return answer;
  }

  /** The last connection to a raw server. */
  Far far() {
    return fars.getLast();
  }

  @Override
  public void close() {
    for (AutoCloseable server : servers) {
      try {
        server.close();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
    wire.turn();
    fars.forEach(far -> far.connection.reset());
    wire.turn();
    wire.close();
  }

  /** A connection of the proxy's, as a server behind has it. */
  public static final class Far implements ConnectionHandler {

    /** The connection. */
    public final Connection connection;

    private final Consumer<Far> came;
    private final StringBuilder received = new StringBuilder();
    boolean isInputOver;
    boolean isClosed;

    Far(Connection connection, Consumer<Far> came) {
      this.connection = connection;
      this.came = came;
    }

    /** All that came since the last call. */
    public String read() {
      String text = received.toString().replace("\r\n", "¶");
      received.setLength(0);
      return text;
    }

    /** What came and was not read yet, as it came. */
    public StringBuilder received() {
      return received;
    }

    /** Sends a text. */
    public Far send(String text) {
      var _ = connection.write(text.replace("¶", "\r\n").getBytes(ISO_8859_1));
      return this;
    }

    @Override
    public void received(Connection from, ByteBuffer data) {
      received.append(ISO_8859_1.decode(data));
      came.accept(this);
    }

    @Override
    public void readClosed(Connection from) {
      isInputOver = true;
      from.close();
    }

    @Override
    public void closed(Connection from, CloseCause cause) {
      isClosed = true;
    }
  }
}
