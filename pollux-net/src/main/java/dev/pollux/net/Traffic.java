package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a {@link Connection} on their way between its stream and its handler: through the
 * filter if there is one, counted, traced, and measured against the watermarks.
 *
 * <p>Threads: the loop's.
 */
final class Traffic {

  private final Connection connection;
  private final EventLoop loop;
  private final ConnectionOptions options;
  private final Lifecycle life;
  private final Stream stream;
  private @Nullable Filter filter;
  private boolean full;

  Traffic(Connection connection, Lifecycle life, Stream stream) {
    this.connection = connection;
    this.loop = connection.loop();
    this.options = connection.options();
    this.life = life;
    this.stream = stream;
  }

  @Nullable Filter filter() {
    return filter;
  }

  /** Puts something between the wire and the handler; before it begins. */
  void setFilter(@Nullable Filter newFilter) {
    filter = newFilter;
  }

  /** How many bytes are queued to be sent, in the filter or behind it. */
  int queuedBytes() {
    Filter between = filter;
    return stream.queuedBytes() + (between == null ? 0 : between.queuedBytes());
  }

  /** How many bytes the handler left. */
  int unreadBytes() {
    Filter between = filter;
    return between == null ? stream.unreadBytes() : between.unreadBytes();
  }

  /** Whether more may be written: open, and below the watermark. */
  boolean isWritable() {
    return life.isSending() && !full;
  }

  /** Sends bytes of the program's, as far as there is room in the queue. */
  void write(ByteBuffer data) {
    Filter between = filter;
    if (between == null) {
      stream.write(data);
    } else if (data.remaining() > options.maxQueuedBytes() - queuedBytes()) {
      stream.drop(data);
    } else {
      between.write(data);
    }
  }

  /** Sends a file. */
  void write(FileRegion region) {
    Filter between = filter;
    if (between != null) {
      between.write(region);
    } else {
      stream.output().append(region);
      stream.kick();
    }
  }

  /** So many bytes were read; what stands before them was left unread. */
  void read(int sizeBytes, ByteBuffer data) {
    loop.progressed();
    ConnectionTrace trace = options.trace();
    if (trace != null) {
      trace.read(connection, sizeBytes);
    }
    IdleTimer idle = life.idle();
    if (idle != null) {
      idle.received(loop.nowNanos());
    }
    deliver(data);
  }

  /**
   * Gives bytes off the wire, after a pause the same ones again, and keeps what is left of them.
   */
  void deliver(ByteBuffer data) {
    if (!life.isOpen()) {
      return; // the peer is given time to take what was sent, but nobody listens
    }
    Filter between = filter;
    if (between != null) {
      between.received(data);
    } else {
      connection.handler().received(connection, data);
    }
    if (data.hasRemaining() && life.isOpen()) {
      stream.keep(data);
    }
  }

  /** How much of the wire may have to lie in one piece. */
  int wireBytes() {
    Filter between = filter;
    return between == null
        ? options.readBytes()
        : Math.max(options.readBytes(), between.wireBytes());
  }

  /** Whether the filter has something for the handler without the wire. */
  boolean hasUnread() {
    return filter != null && filter.hasUnread();
  }

  /** Whether input is read for the filter, whatever the handler wants. */
  boolean isHandshaking() {
    return filter != null && filter.isHandshaking();
  }

  /** Whether everything that was written is with the kernel. */
  boolean isFlushed() {
    Filter between = filter;
    return stream.output().isEmpty() && (between == null || between.isDrained());
  }

  void readComplete() {
    if (life.isOpen() && !isHandshaking()) {
      connection.handler().readComplete(connection);
    }
  }

  void wrote(int sizeBytes) {
    loop.progressed();
    ConnectionTrace trace = options.trace();
    if (trace != null && sizeBytes > 0) {
      trace.wrote(connection, sizeBytes);
    }
    IdleTimer idle = life.idle();
    if (idle != null) {
      idle.sent(loop.nowNanos());
    }
  }

  /** The queue may have become shorter. */
  void outputShrank() {
    Filter between = filter;
    if (between != null && !between.isDrained()) {
      between.pump();
    }
    if (full && queuedBytes() <= options.lowWaterBytes()) {
      full = false;
      if (life.isSending()) {
        connection.handler().writable(connection);
      }
    }
  }

  /** Notes how full the queue is; whether more may be written. */
  boolean checkQueue() {
    full |= queuedBytes() >= options.highWaterBytes();
    return isWritable();
  }
}
