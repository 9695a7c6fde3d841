package dev.pollux.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.sys.NativeSys;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the model adds to real threads: signals, and who is blocked. */
class ThreadTimeTest {

  private final ModelSys sys = ModelSys.threads(NativeSys.open()::nanoTime);

  @Test
  void interrupt_ofABlockedThread_isEintr() throws Exception {
    try (Box box = new Box(sys);
        Box other = new Box(sys)) {
      int ep = box.epoll();
      FutureTask<String> wait = new FutureTask<>(() -> Box.say(other.wait(ep, 1, -1)));
      Thread thread = new Thread(wait);
      assertFalse(sys.interrupt(thread));
      thread.start();
      while (!sys.isBlocked(thread)) {
        Thread.onSpinWait();
      }
      thread.interrupt(); // Java's own means nothing to a system call
      assertEquals(1, sys.epollSnapshot(ep).waiters());
      sys.interrupt(thread);
      assertEquals("EINTR", wait.get(10, TimeUnit.SECONDS));
      assertFalse(sys.isBlocked(thread));
    }
  }

  @Test
  void virtualTime_onRealThreads_isRefused() {
    assertThrows(IllegalStateException.class, () -> sys.advance(1));
    assertThrows(IllegalStateException.class, () -> sys.schedule(1, () -> {}));
  }
}
