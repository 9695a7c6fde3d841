package dev.pollux.net;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What passed through a {@link Server}, and how its connections ended; beside {@link ServerStats}.
 * It counts on: ask again, and the number is today's.
 *
 * <p>Threads: any.
 */
public final class ServerTraffic {

  /** Filled at once, and not written to any more. */
  private final Map<CloseReason, AtomicLong> ends = new EnumMap<>(CloseReason.class);

  private final LimitCounts shed = new LimitCounts();
  private final AtomicLong pauses = new AtomicLong();
  private final List<ByteCounts> loops = new CopyOnWriteArrayList<>();

  ServerTraffic() {
    for (CloseReason reason : CloseReason.values()) {
      ends.put(reason, new AtomicLong());
    }
  }

  /** How many bytes the kernel has given of its connections; with TLS, of records. */
  public long readBytes() {
    long sum = 0;
    for (ByteCounts each : loops) {
      sum += each.read();
    }
    return sum;
  }

  /** How many bytes the kernel has taken; with TLS, of records. */
  public long writtenBytes() {
    long sum = 0;
    for (ByteCounts each : loops) {
      sum += each.written();
    }
    return sum;
  }

  /** How many of the connections that it has accepted ended for this reason. */
  public long ended(CloseReason reason) {
    return Objects.requireNonNull(ends.get(reason)).get();
  }

  /** How many connections it has accepted only to close them, for want of this. */
  public long shed(Limit limit) {
    return shed.of(limit);
  }

  /**
   * How often it stopped accepting for 100 ms, because the system was out of descriptors or memory
   * and nothing else helped.
   */
  public long acceptPauses() {
    return pauses.get();
  }

  /** The bytes of one more loop. */
  ByteCounts newLoop() {
    ByteCounts counts = new ByteCounts();
    loops.add(counts);
    return counts;
  }

  void end(CloseReason reason) {
    long _ = Objects.requireNonNull(ends.get(reason)).incrementAndGet();
  }

  void shedOne(Limit limit) {
    shed.add(limit);
  }

  void pause() {
    long _ = pauses.incrementAndGet();
  }

  @Override
  public String toString() {
    return "ServerTraffic[readBytes="
        + readBytes()
        + ", writtenBytes="
        + writtenBytes()
        + ", acceptPauses="
        + acceptPauses()
        + ", ended="
        + ends
        + "]";
  }
}
