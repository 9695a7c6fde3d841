package dev.pollux.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.cli.echo.FaultySys;
import dev.pollux.poll.Backend;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.Errno;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link SelfTest}: a check must not pass without what it is about, nor fail for slowness. */
class SelfTestTest {

  /** A limit for what is in vain. */
  private static final long SHORT_NANOS = 200_000_000; // 200 ms

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

  /** Each call takes 100 ms: the traffic minutes, and a look at a thread that is to sleep many. */
  @ParameterizedTest
  @EnumSource(Backend.class)
  void checks_onASlowMachine_pass(Backend backend) throws Exception {
    SelfTest test = new SelfTest(new FaultySys().slow(100_000_000).sys(), backend);
    assertNull(test.traffic(Trigger.LEVEL));
    assertNull(test.traffic(Trigger.EDGE));
    assertNull(test.wakeup());
    assertNull(test.timeout());
    assertNull(test.close());
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void traffic_notRead_isGivenUp(Backend backend) throws Exception {
    FaultySys deaf = new FaultySys().fail("recv", Errno.EAGAIN);
    String outcome = new SelfTest(deaf.sys(), backend, SHORT_NANOS).traffic(Trigger.LEVEL);
    assertEquals("only 0 bytes came back, and then nothing for 200 ms", outcome);
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void close_waitNotInProgress_doesNotPass(Backend backend) throws Exception {
    assertEquals(
        SelfTest.NOT_BLOCKED, new SelfTest(lateWaits(1).sys(), backend, SHORT_NANOS).close());
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void wakeup_waitNotInProgress_doesNotPass(Backend backend) throws Exception {
    assertEquals(
        SelfTest.NOT_BLOCKED, new SelfTest(lateWaits(2).sys(), backend, SHORT_NANOS).wakeup());
  }
}
