package dev.pollux.http;

import dev.pollux.http.wire.Deadline;
import dev.pollux.net.CloseCause;
import dev.pollux.net.CloseReason;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.Tls;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A connection by way of a proxy, before it speaks HTTP: takes the {@link ProxyHeader}, and hands
 * over, to TLS or at once. A connection without one is cut off, as it did not come by the proxy.
 *
 * <p>Threads: the loop's.
 */
final class ProxyConnection implements ConnectionHandler {

  private final Connection connection;
  private final HttpHandler handler;
  private final HttpOptions options;
  private final @Nullable Tls tls;
  private final @Nullable ClientCounts counts;
  private final ProxyHeader header = new ProxyHeader();
  private final Deadline deadline;

  ProxyConnection(
      Connection connection,
      HttpHandler handler,
      HttpOptions options,
      @Nullable Tls tls,
      @Nullable ClientCounts counts) {
    this.connection = connection;
    this.handler = handler;
    this.options = options;
    this.tls = tls;
    this.counts = counts;
    this.deadline = new Deadline(connection.loop(), this::late);
  }

  @Override
  public void opened(Connection opened) {
    deadline.in(options.limits().headNanos());
  }

  @Override
  public void attached(Connection attached) {
    opened(attached);
    attached.resumeReading();
  }

  @Override
  public void received(Connection from, ByteBuffer data) {
    switch (header.parse(data)) {
      case MORE -> {}
      case REFUSED -> cut(CloseReason.PROTOCOL, header.problem());
      case DONE -> handOver(header.address());
    }
  }

  private void handOver(@Nullable SocketAddress named) {
    deadline.end();
    if (counts != null && !counts.enter(connection, named)) {
      cut(CloseReason.LIMIT, ClientCounts.TOO_MANY);
      return;
    }
    Http1Connection http = new Http1Connection(connection, handler, options);
    http.outlet().setNamed(named);
    if (tls == null) {
      connection.setHandler(http);
    } else {
      connection.startTls(tls, http);
    }
  }

  private void late() {
    cut(CloseReason.PROTOCOL, "the PROXY header took too long");
  }

  private void cut(CloseReason reason, String why) {
    connection.reset(CloseCause.of(reason, why));
  }

  @Override
  public void closed(Connection closed, CloseCause cause) {
    deadline.end();
  }
}
