package dev.pollux.http;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.Connection;
import dev.pollux.net.FileRegion;
import java.net.SocketAddress;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * What became of a request. Ownership: the server's, lent to an {@link HttpObserver}. Threads: the
 * loop's.
 */
public final class HttpOutcome {

  private final Http1Exchange exchange;
  private long begunNanos; // when the head was whole; 0 if it was not
  private long contentBytes;
  private boolean isHeadWritten;
  private boolean isLost; // although it was written
  private @Nullable FileRegion file;

  HttpOutcome(Http1Exchange exchange) {
    this.exchange = exchange;
  }

  /** Another exchange begins. */
  void begin() {
    begunNanos = 0;
    contentBytes = 0;
    isHeadWritten = false;
    isLost = false;
    file = null;
  }

  void headCame() {
    begunNanos = exchange.options().observer() == null ? 0 : now(); // nobody asks
  }

  /** Not the time of the turn, in which most exchanges begin and end. */
  private long now() {
    return loop().sys().nanoTime();
  }

  void wroteHead() {
    isHeadWritten = true;
  }

  void wrote(long bytes) {
    contentBytes += bytes;
  }

  void wrote(FileRegion region) {
    contentBytes += region.remaining();
    file = region;
  }

  /** Tells of it: now, or when the kernel has what waits in the connection, or will not have it. */
  void tell(HttpObserver observer) {
    if (!isComplete() || !exchange.owner().outlet().isBusy()) {
      tellNow(observer);
      return;
    }
    exchange.queued(); // so it is used once
    if (exchange.request.isThere()) {
      exchange.request.keep();
    }
    Connection connection = exchange.connection();
    exchange
        .owner()
        .outlet()
        .whenTaken(() -> connection.whenSent((_, isSent) -> tellLater(observer, isSent)));
  }

  private void tellLater(HttpObserver observer, boolean isSent) {
    isLost = !isSent;
    FileRegion region = file;
    if (isLost && region != null) {
      contentBytes -= region.remaining();
    }
    tellNow(observer);
  }

  private void tellNow(HttpObserver observer) {
    try {
      observer.over(this);
    } catch (Throwable t) {
      exchange.report(t);
    }
  }

  /** The request; null if what came was none, or not all of its head came. */
  public @Nullable HttpRequest request() {
    HttpRequest request = exchange.request;
    return request.isThere() ? request : null;
  }

  /** Who sent it, as {@link HttpRequest#remoteAddress}; null if that is not known. */
  public @Nullable SocketAddress remoteAddress() {
    SocketAddress named = request() == null ? exchange.owner().outlet().named() : null;
    return named == null ? exchange.request.knownAddress() : named;
  }

  /** The status of the answer; 0 if nothing of one was sent before the connection was over. */
  public int status() {
    return isHeadWritten || isComplete() ? exchange.response.status() : 0;
  }

  /**
   * Whether all of the answer was written, and the kernel has it; the client may have less. Where
   * it is small and nothing waited before it, the kernel has it by the end of the turn, which is
   * not waited for.
   */
  public boolean isComplete() {
    return exchange.response.isComplete() && !isLost;
  }

  /**
   * How many bytes of content were written, in chunks or not, without what is around them; of a
   * file, how many the kernel has.
   */
  public long contentBytes() {
    return contentBytes;
  }

  /**
   * From the whole head to the end of the answer, when the kernel has it; 0 if the head never was
   * whole.
   */
  public long durationNanos() {
    return begunNanos == 0 ? 0 : now() - begunNanos;
  }

  /** The loop of the connection. */
  public EventLoop loop() {
    return exchange.connection().loop();
  }

  /** The clock of the server's dates. */
  public InstantSource wallClock() {
    return exchange.options().wallClock();
  }
}
