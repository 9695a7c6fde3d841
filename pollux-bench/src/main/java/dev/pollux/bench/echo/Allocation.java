package dev.pollux.bench.echo;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.OptionalLong;

/** How many bytes threads have allocated on the heap, as the JVM counts them. */
public final class Allocation {

  private Allocation() {}

  /** By one platform thread, since its start. */
  public static OptionalLong of(Thread thread) {
    return known(bean().getThreadAllocatedBytes(thread.threadId()));
  }

  /** By all platform threads, the carriers of virtual threads among them. */
  public static OptionalLong ofAll() {
    return known(bean().getTotalThreadAllocatedBytes());
  }

  private static OptionalLong known(long bytes) {
    return bytes < 0 ? OptionalLong.empty() : OptionalLong.of(bytes);
  }

  private static ThreadMXBean bean() {
    return (ThreadMXBean) ManagementFactory.getThreadMXBean();
  }
}
