package dev.pollux.cli.echo;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What the connections of one loop have done. Threads: counted by the loop's, read by any; so a
 * count is a plain addition that others see a little later.
 */
final class EchoCounters {

  private final AtomicLong accepts = new AtomicLong();
  private final AtomicLong reads = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();

  void accepted() {
    add(accepts, 1);
  }

  void read(int sizeBytes) {
    add(reads, 1);
    add(bytes, sizeBytes);
  }

  /** Connections accepted. */
  long accepts() {
    return accepts.getAcquire();
  }

  /** Calls that read something. */
  long reads() {
    return reads.getAcquire();
  }

  /** Bytes read. */
  long bytes() {
    return bytes.getAcquire();
  }

  private static void add(AtomicLong counter, long amount) {
    counter.setRelease(counter.getPlain() + amount); // one thread counts
  }
}
