package dev.pollux.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.poll.Backend;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link SelfTest}: a check must not pass without what it is about. */
class SelfTestTest {

  private static final List<String> WAITS =
      List.of("epollWait", "epollPwait", "epollPwait2", "poll", "ppoll", "select", "pselect");

  /** What a thread does to end the wait of another. */
  private static final List<String> RINGS = List.of("write", "epollCtl");

  /** Holds back every wait from the one counted on, until another thread rings for it. */
  private static FaultySys lateWaits(int from) {
    Thread waiter = Thread.currentThread();
    CountDownLatch rung = new CountDownLatch(1);
    FaultySys faults = new FaultySys();
    for (String ring : RINGS) {
      faults.on(
          ring,
          (_, _) -> {
            if (!Thread.currentThread().equals(waiter)) {
              rung.countDown();
            }
            return null;
          });
    }
    for (String wait : WAITS) {
      faults.on(
          wait,
          (count, arguments) -> {
            boolean isProbe = arguments[0].equals(-1); // whether there is epoll_pwait2
            if (count >= from && !isProbe) {
              awaitQuietly(rung);
            }
            return null;
          });
    }
    return faults;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertTrue(latch.await(10, TimeUnit.SECONDS), "nobody rings");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void checks_onThisMachine_pass(Backend backend) throws Exception {
    SelfTest test = new SelfTest(new FaultySys().sys(), backend);
    assertNull(test.wakeup());
    assertNull(test.timeout());
    assertNull(test.close());
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void close_waitNotInProgress_doesNotPass(Backend backend) throws Exception {
    assertEquals(SelfTest.NOT_BLOCKED, new SelfTest(lateWaits(1).sys(), backend).close());
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void wakeup_waitNotInProgress_doesNotPass(Backend backend) throws Exception {
    assertEquals(SelfTest.NOT_BLOCKED, new SelfTest(lateWaits(2).sys(), backend).wakeup());
  }
}
