package dev.pollux.bench.echo;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * One run of the load: its phases, what is due when, and what was counted.
 *
 * <p>Threads: one.
 */
final class LoadWindow {

  /** Where a run is. */
  enum Phase {
    WARMUP,
    WINDOW,
    /** Nothing new is sent; what was sent is answered. */
    DRAIN
  }

  /** How long a run waits for answers after its window. */
  static final long PATIENCE_NANOS = 20_000_000_000L; // 20 s

  private final long pid;
  private final long rate;
  private final int depth;
  private final long start;
  private final long begin;
  private final long end;
  private final LatencyHistogram latencies = new LatencyHistogram();
  private Phase phase = Phase.WARMUP;
  private long messages;
  private Mark from = new Mark(0, 0, 0, 0);
  private Mark to = from;

  private record Mark(long nanos, long server, long self, long messages) {}

  /**
   * Begins a run now.
   *
   * @param pid whose processor time is measured
   * @param rate messages a second; 0 for a closed loop
   * @param depth how many of them are due at a time
   */
  LoadWindow(long pid, long rate, int depth, long warmupMillis, long windowMillis) {
    this.pid = pid;
    this.rate = rate;
    this.depth = depth;
    this.start = System.nanoTime();
    this.begin = start + TimeUnit.MILLISECONDS.toNanos(warmupMillis);
    this.end = begin + TimeUnit.MILLISECONDS.toNanos(windowMillis);
  }

  boolean isClosedLoop() {
    return rate == 0;
  }

  int depth() {
    return depth;
  }

  boolean isDraining() {
    return phase == Phase.DRAIN;
  }

  /** Goes from phase to phase, and returns how long nothing else changes, in nanoseconds. */
  long advance(long now) throws IOException {
    if (phase == Phase.WARMUP && now >= begin) {
      phase = Phase.WINDOW;
      from = mark(now);
    }
    if (phase == Phase.WINDOW && now >= end) {
      phase = Phase.DRAIN;
      to = mark(now);
    }
    if (now > end + PATIENCE_NANOS) {
      throw new IOException("no answer for " + PATIENCE_NANOS / 1_000_000_000 + " s");
    }
    long change =
        phase == Phase.WARMUP ? begin : phase == Phase.WINDOW ? end : end + PATIENCE_NANOS;
    return change - now;
  }

  /** When a burst of so many messages is due. */
  long dueAt(long burst) {
    return start + (long) ((double) (burst * depth) * 1e9 / rate);
  }

  /** Whether a burst is due: those of the window are sent, late or not, and no later one. */
  boolean isDue(long burst, long now) {
    return dueAt(burst) <= Math.min(now, end - 1);
  }

  void answered(long count) {
    messages += count;
  }

  /** Counts the latency of a message, from the time at which it was due. */
  void answeredAfter(long due, long now) {
    if (due >= begin && due < end) {
      latencies.record(now - due);
    }
  }

  /** The line that tells what was measured. */
  String answer() {
    return "ok %d %d %d %d %d %d %d %d %d %d"
        .formatted(
            to.messages - from.messages,
            to.nanos - from.nanos,
            to.server - from.server,
            to.self - from.self,
            messages,
            latencies.percentile(0.5),
            latencies.percentile(0.99),
            latencies.percentile(0.999),
            latencies.maximum(),
            latencies.recorded());
  }

  private Mark mark(long now) throws IOException {
    long self =
        ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime();
    return new Mark(now, processorNanos(pid), self, messages);
  }

  /** Processor time of a process: that of its threads, which schedstat has in nanoseconds. */
  private static long processorNanos(long pid) throws IOException {
    long sum = 0;
    try (DirectoryStream<Path> tasks =
        Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
      for (Path task : tasks) {
        sum += threadNanos(task);
      }
    }
    return sum;
  }

  private static long threadNanos(Path task) throws IOException {
    try {
      return Long.parseLong(Files.readString(task.resolve("schedstat")).split(" ", 2)[0]);
    } catch (NoSuchFileException e) {
      return 0; // the thread has just ended
    }
  }
}
