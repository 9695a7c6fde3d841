package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.sys.MessageBatch;
import dev.pollux.sys.SysException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Calls a {@link DatagramHandler}. What that throws is counted and reported, and stays here:
 * anybody may send a datagram, so one that a handler cannot cope with must not end the service.
 *
 * <p>Threads: the loop's.
 */
final class DatagramCalls {

  /** Between two reports: as many as peers like to cause are too many for a log. */
  static final long REPORT_NANOS = 1_000_000_000; // 1 s

  private final DatagramEndpoint endpoint;
  private final EventLoop loop;
  private final DatagramHandler handler;
  private long failedCount;
  private long reportedCount;
  private long reportedNanos;

  DatagramCalls(DatagramEndpoint endpoint, EventLoop loop, DatagramHandler handler) {
    this.endpoint = endpoint;
    this.loop = loop;
    this.handler = handler;
  }

  /** How many calls have thrown. */
  long failedCount() {
    return failedCount;
  }

  void received(MessageBatch in, int index, int start, int sizeBytes, boolean truncated) {
    try {
      handler.received(endpoint, in.data(index, start, sizeBytes), in.peer(index), truncated);
    } catch (Throwable t) {
      threw("received", t);
    }
  }

  void failed(SysException cause) {
    try {
      handler.failed(endpoint, cause);
    } catch (Throwable t) {
      threw("failed", t);
    }
  }

  void unsent(@Nullable SocketAddress peer, SysException cause) {
    try {
      handler.unsent(endpoint, peer, cause);
    } catch (Throwable t) {
      threw("unsent", t);
    }
  }

  void drained() {
    try {
      handler.drained(endpoint);
    } catch (Throwable t) {
      threw("drained", t);
    }
  }

  /** The last one, so this is reported whatever was reported before. */
  void closed(@Nullable Throwable cause) {
    try {
      handler.closed(endpoint, cause);
    } catch (Throwable t) {
      failedCount++;
      loop.report("closed() of a handler of " + endpoint, t);
    }
  }

  private void threw(String method, Throwable thrown) {
    failedCount++;
    long nowNanos = loop.nowNanos();
    if (reportedCount > 0 && nowNanos - reportedNanos < REPORT_NANOS) {
      return;
    }
    long unreported = failedCount - reportedCount - 1;
    reportedCount = failedCount;
    reportedNanos = nowNanos;
    String others = unreported == 0 ? "" : " (and " + unreported + " calls since the last report)";
    loop.report(method + "() of a handler of " + endpoint + others, thrown);
  }
}
