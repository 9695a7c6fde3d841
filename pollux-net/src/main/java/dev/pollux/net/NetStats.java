package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import java.util.Map;
import java.util.StringJoiner;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How often a loop's connections, servers and endpoints refused something, by limit, and how much
 * memory they have. It counts on: ask again, and the number is today's.
 *
 * <p>A connection that was shed counts at the loop that shed it. Threads: any.
 */
public final class NetStats {

  private static final Map<EventLoop, NetStats> OF_LOOPS = new WeakHashMap<>();

  private final LimitCounts counts = new LimitCounts();
  private volatile @Nullable ChunkPool pool; // once the loop has one

  private NetStats() {}

  /** The numbers of a loop; the same object each time. */
  public static NetStats of(EventLoop loop) {
    synchronized (OF_LOOPS) {
      return OF_LOOPS.computeIfAbsent(loop, _ -> new NetStats());
    }
  }

  /** How often this limit refused something so far. */
  public long refused(Limit limit) {
    return counts.of(limit);
  }

  /**
   * How much native memory connections have of the loop's pool, for bytes that they have not sent,
   * and for those that were received and not read, as of messages that are not whole yet; 0 when
   * the last one is closed.
   */
  public long memoryBytes() {
    ChunkPool counted = pool;
    return counted == null ? 0 : counted.usedBytes();
  }

  /** How much of {@link #memoryBytes} is for bytes that connections have not sent. */
  public long unsentMemoryBytes() {
    ChunkPool counted = pool;
    return counted == null ? 0 : Math.max(0, counted.usedBytes() - counted.inputBytes());
  }

  void count(ChunkPool counted) {
    pool = counted;
  }

  /** Counts one more. */
  void refuse(Limit limit) {
    counts.add(limit);
  }

  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(", ", "NetStats[", "]");
    for (Limit limit : Limit.values()) {
      text.add(limit + "=" + refused(limit));
    }
    return text.add("memoryBytes=" + memoryBytes()).toString();
  }
}
