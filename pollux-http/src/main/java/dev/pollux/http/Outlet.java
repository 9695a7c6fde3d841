package dev.pollux.http;

import dev.pollux.net.CloseCause;
import dev.pollux.net.CloseReason;
import dev.pollux.net.Connection;
import dev.pollux.net.FileRegion;
import dev.pollux.net.WriteResult;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way from answers to a client: through the {@link Output} of the loop, or beside it, in order.
 *
 * <p>Threads: the loop's.
 */
final class Outlet {

  private final Connection connection;
  private final Output output;
  private final Consumer<CloseCause> broken;
  private @Nullable SocketAddress named;
  private long client = ClientKeys.NONE; // until somebody wants to know

  /** For one connection, whose handler is told when a stream has a hole, and cuts it off. */
  Outlet(Connection connection, Output output, Consumer<CloseCause> broken) {
    this.connection = connection;
    this.output = output;
    this.broken = broken;
  }

  /** A proxy has said who is at the other end; null is the peer. */
  void setNamed(@Nullable SocketAddress address) {
    named = address;
  }

  /** Who is said to be at the other end; null is the peer. */
  @Nullable SocketAddress named() {
    return named;
  }

  /** The {@linkplain ClientKeys number} of the peer, which is kept, as an address is made anew. */
  long client() {
    if (client == ClientKeys.NONE) {
      client = ClientKeys.of(ClientKeys.peer(connection));
    }
    return client;
  }

  /** Room for so many bytes, behind what is there of this connection. */
  Output claim(int atMostBytes) {
    output.claim(this);
    if (output.room() < atMostBytes) {
      flush();
    }
    return output;
  }

  /** Sends what is there. */
  void flush() {
    if (output.has(this)) {
      check(connection.write(output.take()));
    }
  }

  /** Sends something behind that, which is too long to be copied there. */
  void write(ByteBuffer content) {
    flush();
    check(connection.write(content));
  }

  /** Sends a file behind that. */
  void write(FileRegion file) {
    flush();
    check(connection.sendFile(file));
  }

  /** Whether so many bytes will be taken. */
  boolean hasRoom(int sizeBytes) {
    int queued = connection.queuedBytes();
    return queued == 0 || sizeBytes <= connection.options().maxQueuedBytes() - queued;
  }

  private void check(WriteResult result) {
    if (result == WriteResult.REFUSED) {
      broken.accept(CloseCause.of(CloseReason.LIMIT, "an answer was more than can be queued"));
    }
  }
}
