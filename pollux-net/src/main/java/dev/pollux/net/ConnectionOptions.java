package dev.pollux.net;

import dev.pollux.poll.Trigger;
import org.jspecify.annotations.Nullable;

/**
 * The limits and habits of a connection, shared by as many as one likes; start from {@link
 * #DEFAULT}. Times are in nanoseconds, and 0 means never.
 *
 * @param trigger level by default; edge and one-shot do the same by other system calls
 * @param readBytes how much one read takes at most, up to {@link #MAX_READ_BYTES}; also how much
 *     {@code received} may leave unread
 * @param readsPerTurn edge: how many reads one turn makes at most, so that one peer cannot keep the
 *     loop to itself. Level reads once
 * @param highWaterBytes from so much unsent data on the connection is not {@link
 *     Connection#isWritable writable}
 * @param lowWaterBytes down to so much it becomes writable again
 * @param maxQueuedBytes with more than so much unsent data the connection is cut off
 * @param idleNanos if nothing arrives for so long, {@link ConnectionHandler#idle} is called; not
 *     while reading is paused or a worker is busy with what arrived
 * @param heartbeatNanos if nothing is sent for so long, {@link ConnectionHandler#heartbeat} is
 *     called
 * @param closeNanos how long {@link Connection#close} may take to deliver what is queued; what
 *     remains then is cut off
 * @param noDelay TCP: small segments are sent at once
 * @param trace told of every read and write, or null
 */
public record ConnectionOptions(
    Trigger trigger,
    int readBytes,
    int readsPerTurn,
    int highWaterBytes,
    int lowWaterBytes,
    int maxQueuedBytes,
    long idleNanos,
    long heartbeatNanos,
    long closeNanos,
    boolean noDelay,
    @Nullable ConnectionTrace trace) {

  /** The largest read. */
  public static final int MAX_READ_BYTES = 1 << 26; // 64 MiB

  /** What a connection does unless told otherwise. */
  public static final ConnectionOptions DEFAULT =
      new ConnectionOptions(
          Trigger.LEVEL,
          1 << 16, // 64 KiB
          16,
          1 << 16, // 64 KiB
          1 << 14, // 16 KiB
          1 << 24, // 16 MiB
          0,
          0,
          2_000_000_000L, // 2 s
          true,
          null);

  /** Checks every limit. */
  public ConnectionOptions {
    require(
        readBytes >= 1 && readBytes <= MAX_READ_BYTES,
        "readBytes: " + readBytes + " is not in 1 to " + MAX_READ_BYTES);
    require(readsPerTurn >= 1, "readsPerTurn: " + readsPerTurn + " < 1");
    require(lowWaterBytes >= 0, "lowWaterBytes: " + lowWaterBytes + " < 0");
    require(
        highWaterBytes > lowWaterBytes,
        "highWaterBytes: " + highWaterBytes + " is not above lowWaterBytes " + lowWaterBytes);
    require(
        maxQueuedBytes >= highWaterBytes,
        "maxQueuedBytes: " + maxQueuedBytes + " is below highWaterBytes " + highWaterBytes);
    require(idleNanos >= 0, "idleNanos: " + idleNanos + " < 0");
    require(heartbeatNanos >= 0, "heartbeatNanos: " + heartbeatNanos + " < 0");
    require(closeNanos >= 0, "closeNanos: " + closeNanos + " < 0");
  }

  /** As this, with another trigger. */
  public ConnectionOptions withTrigger(Trigger newTrigger) {
    return new ConnectionOptions(
        newTrigger,
        readBytes,
        readsPerTurn,
        highWaterBytes,
        lowWaterBytes,
        maxQueuedBytes,
        idleNanos,
        heartbeatNanos,
        closeNanos,
        noDelay,
        trace);
  }

  /** As this, with other bounds on reading. */
  public ConnectionOptions withReads(int newReadBytes, int newReadsPerTurn) {
    return new ConnectionOptions(
        trigger,
        newReadBytes,
        newReadsPerTurn,
        highWaterBytes,
        lowWaterBytes,
        maxQueuedBytes,
        idleNanos,
        heartbeatNanos,
        closeNanos,
        noDelay,
        trace);
  }

  /** As this, with other bounds on what waits to be sent. */
  public ConnectionOptions withWatermarks(
      int newLowWaterBytes, int newHighWaterBytes, int newMaxQueuedBytes) {
    return new ConnectionOptions(
        trigger,
        readBytes,
        readsPerTurn,
        newHighWaterBytes,
        newLowWaterBytes,
        newMaxQueuedBytes,
        idleNanos,
        heartbeatNanos,
        closeNanos,
        noDelay,
        trace);
  }

  /** As this, with other times; 0 is never. */
  public ConnectionOptions withTimes(
      long newIdleNanos, long newHeartbeatNanos, long newCloseNanos) {
    return new ConnectionOptions(
        trigger,
        readBytes,
        readsPerTurn,
        highWaterBytes,
        lowWaterBytes,
        maxQueuedBytes,
        newIdleNanos,
        newHeartbeatNanos,
        newCloseNanos,
        noDelay,
        trace);
  }

  /** As this, delaying small segments or not. */
  public ConnectionOptions withNoDelay(boolean newNoDelay) {
    return new ConnectionOptions(
        trigger,
        readBytes,
        readsPerTurn,
        highWaterBytes,
        lowWaterBytes,
        maxQueuedBytes,
        idleNanos,
        heartbeatNanos,
        closeNanos,
        newNoDelay,
        trace);
  }

  /** As this, telling somebody of every read and write. */
  public ConnectionOptions withTrace(ConnectionTrace newTrace) {
    return new ConnectionOptions(
        trigger,
        readBytes,
        readsPerTurn,
        highWaterBytes,
        lowWaterBytes,
        maxQueuedBytes,
        idleNanos,
        heartbeatNanos,
        closeNanos,
        noDelay,
        newTrace);
  }

  private static void require(boolean right, String message) {
    if (!right) {
      throw new IllegalArgumentException(message);
    }
  }
}
