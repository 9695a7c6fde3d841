package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.NativeSys;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Wake-ups and closes by threads at the end of their stack, on the native kernel. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StackEndTest {

  private static final int DIVES = 30;
  private static final long STACK_BYTES = 1 << 19; // 512 KiB

  /** Goes down until the stack ends, and on the way up tries until it is enough. */
  @SuppressWarnings("InfiniteRecursion") // is what it is for
  private static void dive(Runnable call) {
    try {
      dive(call);
      return;
    } catch (StackOverflowError _) {
      // here is the end, or there was not enough for the call one frame below
    }
    call.run();
  }

  private static void atTheEndOfAStack(Runnable call) throws InterruptedException {
    Thread thread = new Thread(null, () -> dive(call), "diver", STACK_BYTES);
    thread.start();
    thread.join();
  }

  @ParameterizedTest(name = "[{0}] {displayName}")
  @EnumSource(Backend.class)
  void wakeup_endsTheWaitAndLeavesNothingBehind(Backend backend) throws Exception {
    OpenDescriptors before = new OpenDescriptors();
    for (int i = 0; i < DIVES; i++) {
      try (Poller poller = Poller.open(NativeSys.open(), backend)) {
        Thread waiter = Thread.ofPlatform().start(new Wait(poller));
        Deadline.forThe("wait").await(() -> waiter.getState() == Thread.State.RUNNABLE);
        atTheEndOfAStack(poller::wakeup);
        waiter.join();
        assertEquals(0, poller.size(), "the lock is free");
      }
    }
    before.assertUnchanged();
  }

  @ParameterizedTest(name = "[{0}] {displayName}")
  @EnumSource(Backend.class)
  void close_givesTheDescriptorsBack(Backend backend) throws Exception {
    OpenDescriptors before = new OpenDescriptors();
    for (int i = 0; i < DIVES; i++) {
      Poller poller = Poller.open(NativeSys.open(), backend);
      atTheEndOfAStack(poller::close);
      poller.close(); // goes on where the first could not
      assertTrue(!poller.isOpen());
    }
    before.assertUnchanged();
  }

  private record Wait(Poller poller) implements Runnable {
    @Override
    public void run() {
      try {
        poller.await(new Events(1), -1);
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }
}
