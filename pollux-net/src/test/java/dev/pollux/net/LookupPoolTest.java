package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Look-ups on threads of their own: who shares one, whose is dropped, and in which order. */
class LookupPoolTest {

  private static final long PATIENCE_SECONDS = 20;
  private static final InetAddress ONE = InetAddress.ofLiteral("127.0.0.1");
  private static final InetAddress SIX = InetAddress.ofLiteral("::1");
  private static final InetAddress SIX2 = InetAddress.ofLiteral("2001:db8::2");

  private final CountDownLatch go = new CountDownLatch(1);
  private final BlockingQueue<String> begun = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

  private LookupPool pool(int waiting) {
    return LookupPool.of(
        host -> {
          begun.add(host);
          try {
            assertTrue(go.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return List.of(ONE);
        },
        1,
        waiting);
  }

  /** Somebody who waits, until he does not. */
  private final class Waiting implements Resolver.Answer {
    final String name;
    final AtomicBoolean wanted = new AtomicBoolean(true);

    Waiting(String name) {
      this.name = name;
    }

    @Override
    public void resolved(List<InetAddress> addresses) {
      told.add(name + " " + addresses);
      if (name.equals("bad")) {
        Thread.currentThread()
            .setUncaughtExceptionHandler((_, thrown) -> told.add(thrown.getMessage()));
        throw new IllegalStateException("thrown by a test");
      }
    }

    @Override
    public void failed(Throwable cause) {
      assertInstanceOf(UnknownHostException.class, cause);
      told.add(name + " " + cause.getMessage());
    }

    @Override
    public boolean isWanted() {
      if (name.equals("doubtful")) {
        Thread.currentThread()
            .setUncaughtExceptionHandler((_, thrown) -> told.add(thrown.getMessage()));
        throw new IllegalStateException("no answer");
      }
      return wanted.get();
    }
  }

  private static String next(BlockingQueue<String> queue) throws InterruptedException {
    String next = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    return next == null ? "nothing in 20 s" : next;
  }

  @AfterEach
  void letGo() {
    go.countDown();
  }

  @Test
  void nameThatIsBeingLookedUp_isLookedUpOnceForAll() throws Exception {
    LookupPool pool = pool(2);
    pool.resolve("a", new Waiting("first"));
    assertEquals("a", next(begun));
    pool.resolve("a", new Waiting("second"));
    pool.resolve("a", new Waiting("third"));
    assertEquals("third a: 2 wait for its addresses already; try again later", next(told));
    go.countDown();
    assertEquals("first [/127.0.0.1]", next(told));
    assertEquals("second [/127.0.0.1]", next(told));
    assertEquals(List.of(), List.copyOf(begun));
    pool.resolve("a", new Waiting("later"));
    assertEquals("later [/127.0.0.1]", next(told));
    assertEquals("a", next(begun)); // what was found is not kept
  }

  @Test
  void lookUpThatNobodyWaitsFor_keepsNoPlace_andDoesNotBegin() throws Exception {
    LookupPool pool = pool(1);
    pool.resolve("hangs", new Waiting("first"));
    assertEquals("hangs", next(begun));
    Waiting leaves = new Waiting("leaves");
    pool.resolve("b", leaves);
    pool.resolve("c", new Waiting("busy"));
    assertEquals("busy c: 1 names wait to be looked up already; try again later", next(told));
    leaves.wanted.set(false);
    Waiting leavesTooLate = new Waiting("leaves, too");
    pool.resolve("d", leavesTooLate);
    leavesTooLate.wanted.set(false);
    go.countDown();
    assertEquals("first [/127.0.0.1]", next(told));
    pool.resolve("e", new Waiting("stays"));
    assertEquals("stays [/127.0.0.1]", next(told));
    assertEquals("e", next(begun));
  }

  @Test
  void answerThatThrows_isNotTheLossOfOthers() throws Exception {
    LookupPool pool = pool(4);
    pool.resolve("a", new Waiting("bad"));
    assertEquals("a", next(begun));
    pool.resolve("a", new Waiting("good"));
    go.countDown();
    assertEquals("bad [/127.0.0.1]", next(told));
    assertEquals("thrown by a test", next(told));
    assertEquals("good [/127.0.0.1]", next(told));
  }

  /** It is taken for wanted, and the name is not lost for all. */
  @Test
  void answerThatDoesNotSayWhetherItIsWanted_isNotTheLossOfOthers() throws Exception {
    LookupPool pool = pool(4);
    pool.resolve("a", new Waiting("first"));
    assertEquals("a", next(begun));
    pool.resolve("b", new Waiting("doubtful"));
    pool.resolve("b", new Waiting("good"));
    assertEquals("no answer", next(told));
    go.countDown();
    assertEquals("first [/127.0.0.1]", next(told));
    assertEquals("no answer", next(told)); // before it begins
    assertEquals("doubtful [/127.0.0.1]", next(told));
    assertEquals("good [/127.0.0.1]", next(told));
  }

  @Test
  void addresses_ofIpv6_goFirstWhereTheyAreSuited() throws Exception {
    List<InetAddress> found = List.of(ONE, SIX, SIX2);
    List<Inet6Address> asked = new ArrayList<>();
    assertEquals(
        List.of(SIX, SIX2, ONE),
        AddressOrder.ordered(
            found,
            six -> {
              asked.add(six);
              return true;
            }));
    assertEquals(List.of(SIX), asked);
    assertEquals(found, AddressOrder.ordered(found, _ -> false));
    assertEquals(List.of(ONE), AddressOrder.ordered(List.of(ONE), _ -> true));
    assertTrue(AddressOrder.isSuited((Inet6Address) SIX));
  }
}
