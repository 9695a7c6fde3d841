package dev.pollux.http;

import dev.pollux.loop.EventLoop;
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

  HttpOutcome(Http1Exchange exchange) {
    this.exchange = exchange;
  }

  /** Another exchange begins. */
  void begin() {
    begunNanos = 0;
    contentBytes = 0;
    isHeadWritten = false;
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

  /** Whether all of the answer was written; the client may have less of it. */
  public boolean isComplete() {
    return exchange.response.isComplete();
  }

  /** How many bytes of content were written, in chunks or not, without what is around them. */
  public long contentBytes() {
    return contentBytes;
  }

  /** From the whole head to the end of the answer; 0 if it never was whole. */
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
