package dev.pollux.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Linux;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Whether a thread is blocked: what tests wait for that let another thread wait. */
class BlockedThreadTest {

  private static final long LIMIT_NANOS = 10_000_000_000L; // 10 s

  private final ModelSys sys = ModelSys.threads(System::nanoTime);

  @Test
  void isBlocked_fromTheSleepToTheEventThatEndsIt() throws Exception {
    AtomicReference<Thread> waiting = new AtomicReference<>();
    try (Box box = new Box(sys);
        Box other = new Box(sys);
        var executor = Executors.newSingleThreadExecutor()) {
      int ep = box.epoll();
      int fd = box.eventfd(0);
      box.ok(box.add(ep, fd, Linux.EPOLLIN));
      Future<Integer> count =
          executor.submit(() -> {
            waiting.set(Thread.currentThread());
            return other.wait(ep, 1, -1);
          });
      long start = System.nanoTime();
      while (waiting.get() == null || !sys.isBlocked(waiting.get())) {
        assertTrue(System.nanoTime() - start < LIMIT_NANOS, "deadline missed");
        Thread.onSpinWait();
      }
      assertFalse(sys.isBlocked(Thread.currentThread()));
      box.writeLong(fd, 1);
      assertFalse(sys.isBlocked(waiting.get()), "woken, whether it runs already or not");
      assertEquals(1, count.get(10, TimeUnit.SECONDS));
    }
  }
}
