package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The table of rates, against a plain one. */
class RateTableTest {

  private static final long INTERVAL = 100;

  @Test
  void table_random_isAsAPlainOne() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      int max = 1 + random.nextInt(300);
      long tolerance = random.nextInt(10) * INTERVAL;
      RateTable table = new RateTable(max, INTERVAL, tolerance, random.nextLong());
      Map<Long, Long> plain = new HashMap<>();
      long now = random.nextLong();
      for (int i = 0; i < 2_000; i++) {
        now += random.nextInt(1 + (int) INTERVAL / max);
        long key = random.nextInt(2 * max);
        long left = table.take(key, now);
        long at = now;
        plain.values().removeIf(paid -> paid - at <= 0);
        boolean isKnown = plain.containsKey(key);
        String what = "seed " + seed + ", round " + round + ", step " + i;
        if (left == RateTable.FULL) {
          assertTrue(!isKnown && plain.size() > max / 20, what);
          continue;
        }
        long ahead = isKnown ? plain.get(key) - now : 0;
        assertEquals(Math.max(0, ahead - tolerance), left, what);
        if (left == 0) {
          plain.put(key, now + ahead + INTERVAL);
        }
        assertTrue(plain.size() <= max, what);
      }
    }
  }

  @Test
  void table_few_isFullWhenItIs() {
    RateTable table = new RateTable(16, INTERVAL, 0, 7);
    for (int key = 0; key < 16; key++) {
      assertEquals(0, table.take(key, key));
    }
    assertEquals(RateTable.FULL, table.take(16, INTERVAL - 1));
    assertEquals(0, table.take(16, INTERVAL)); // in the first one's place
    assertEquals(RateTable.FULL, table.take(17, INTERVAL));
    assertEquals(1, table.take(1, INTERVAL));
    assertEquals(RateTable.FULL, table.take(0, INTERVAL));
  }

  @Test
  void threads_takeWhatThereIs() throws InterruptedException {
    long all = 200_000;
    RateTable table = new RateTable(10, INTERVAL, (all - 1) * INTERVAL, 7);
    AtomicLong taken = new AtomicLong();
    Thread[] threads = new Thread[4];
    for (int i = 0; i < threads.length; i++) {
      threads[i] =
          Thread.ofPlatform()
              .start(() -> {
                long count = 0;
                while (table.take(1, 0) == 0) {
                  count++;
                }
                taken.addAndGet(count);
              });
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(all, taken.get());
  }

  @Test
  void known_allocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    RateTable table = new RateTable(1_000, INTERVAL, 0, 7);
    for (int key = 0; key < 1_000; key++) {
      long _ = table.take(key, 0);
    }
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 20 && least > 0; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 10_000; i++) {
        long _ = table.take(i % 2_000, i);
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertEquals(0, least);
  }
}
