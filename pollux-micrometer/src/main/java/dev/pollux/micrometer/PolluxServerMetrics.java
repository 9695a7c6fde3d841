package dev.pollux.micrometer;

import dev.pollux.net.CloseReason;
import dev.pollux.net.Limit;
import dev.pollux.net.Server;
import dev.pollux.sys.Addresses;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.Locale;

/**
 * The figures of a server's connections, {@code pollux.server.*}: how many there are, what was
 * refused by which limit, and how they ended. The tag "server" is its address.
 *
 * <p>Everything is counted by the server anyway, and is read when a registry asks.
 *
 * <p>Ownership: the server stays whose it is. A registry keeps it until {@link #close}, which takes
 * the meters away; it may come before or after the server is closed. Threads: any. Errors: {@link
 * #bindTo} throws IllegalArgumentException and binds nothing if the registry has one of these
 * meters of somebody else, as of a server before at the same address whose binder is not closed.
 */
public final class PolluxServerMetrics implements MeterBinder, AutoCloseable {

  /** What a server accepts connections for, only to close them. */
  private static final List<Limit> SHED =
      List.of(Limit.CONNECTIONS, Limit.LOOP_TASKS, Limit.DESCRIPTORS, Limit.MEMORY);

  private final Server server;
  private final MetricsOptions options;
  private final Bindings bindings =
      new Bindings(
          "close what is bound of a server before at this address, or set a tag of your own by"
              + " MetricsOptions.withTags");

  /** Of this server, which may be that of an {@link dev.pollux.http.HttpServer#server}. */
  public PolluxServerMetrics(Server server, Tags tags) {
    this(server, MetricsOptions.DEFAULT.withTags(tags));
  }

  /** Of this server, with options. */
  public PolluxServerMetrics(Server server, MetricsOptions options) {
    this.server = server;
    this.options = options;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    bindings.bind(registry, options, this::putAll);
  }

  private void putAll(Meters meters) {
    String name = Addresses.text(server.address());
    putConnections(meters, name);
    for (CloseReason reason : CloseReason.values()) {
      meters.counter(
          "pollux.server.connections.closed",
          "Connections that ended, by why",
          null,
          server,
          each -> each.traffic().ended(reason),
          "server",
          name,
          "cause",
          reason.name().toLowerCase(Locale.ROOT));
    }
    meters.counter(
        "pollux.server.accept.pauses",
        "How often accepting stopped for a moment, for want of descriptors or memory",
        null,
        server,
        each -> each.traffic().acceptPauses(),
        "server",
        name);
    meters.counter(
        "pollux.server.transferred",
        "Bytes that passed between connections and the kernel",
        "bytes",
        server,
        each -> each.traffic().readBytes(),
        "server",
        name,
        "direction",
        "received");
    meters.counter(
        "pollux.server.transferred",
        "Bytes that passed between connections and the kernel",
        "bytes",
        server,
        each -> each.traffic().writtenBytes(),
        "server",
        name,
        "direction",
        "sent");
  }

  private void putConnections(Meters meters, String name) {
    meters.gauge(
        "pollux.server.connections.open",
        "Connections that are open",
        null,
        server,
        Server::connectionCount,
        "server",
        name);
    meters.counter(
        "pollux.server.connections.accepted",
        "Connections taken over",
        null,
        server,
        each -> each.stats().accepted(),
        "server",
        name);
    for (Limit limit : SHED) {
      meters.counter(
          "pollux.server.connections.refused",
          "Connections closed as soon as they were accepted, by what there was not enough of",
          null,
          server,
          each -> each.traffic().shed(limit),
          "server",
          name,
          "limit",
          limit.name().toLowerCase(Locale.ROOT));
    }
  }

  /** Takes the meters away. Idempotent. */
  @Override
  public void close() {
    bindings.close();
  }
}
