package dev.pollux.net;

import static dev.pollux.net.SuccessionTest.anywhere;
import static dev.pollux.net.SuccessionTest.block;
import static dev.pollux.net.SuccessionTest.place;
import static dev.pollux.net.SuccessionTest.said;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.SuccessionTest.Answer;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import dev.pollux.sys.UnixAddress;
import java.io.Closeable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A predecessor that is told to stop while somebody is about to succeed it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SuccessionStopTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(300); // for what cannot come

  @TempDir Path directory;

  private UnixAddress path(String kernel) {
    boolean isModel = kernel.equals("model");
    return UnixAddress.path(isModel ? "/socket" : directory.resolve("socket").toString());
  }

  private static boolean isThere(NetBox box, UnixAddress path) {
    return UnixPath.of(box.sys, path) != null;
  }

  /** One who asks by hand, and has been agreed with. */
  private static Raw agreed(NetBox box, UnixAddress at) throws Exception {
    Raw heir = new Raw(box.sys, Sockets.connecting(box.sys, at));
    heir.write(said(Succession.READY));
    NetBox.until("agreed", () -> heir.read().text().endsWith(said(Succession.AGREED)));
    return heir;
  }

  /** It has been taken over from, has not heard of that, and is told to stop. */
  @ParameterizedTest
  @CsvSource({"native, true", "native, false", "model, true", "model, false"})
  void predecessorThatHangs_andIsStopped_isSucceeded(String kernel, boolean isUnix)
      throws Exception {
    UnixAddress at = place("hangs-" + isUnix + kernel);
    UnixAddress path = path(kernel);
    AtomicInteger succeeded = new AtomicInteger();
    CountDownLatch go = new CountDownLatch(1);
    try (NetBox box = NetBox.on(kernel);
        LoopGroup others = LoopGroup.start(box.sys, 1, LoopOptions.DEFAULT);
        Closeable _ = go::countDown) {
      ServerOptions like = isUnix ? ServerOptions.at(path) : anywhere();
      Server first = Server.start(box.group, like, _ -> new Answer("A"));
      Succession offered =
          Succession.offer(box.loop, at, List.of(first), succeeded::incrementAndGet);
      SysProbe probe = new SysProbe(box.sys);
      AtomicInteger words = new AtomicInteger();
      probe.inject((call, _) -> {
        if (call.equals("send") && words.incrementAndGet() == 2) { // the last one
          block(box.loop, go);
        }
        return null;
      });
      Inheritance given = Objects.requireNonNull(Inheritance.claim(probe.sys(), at, SHORT));
      ServerOptions theSame = ServerOptions.on(given.descriptors().getFirst());
      Server second = Server.start(others, theSame, _ -> new Answer("B"));
      assertFalse(given.ready(List.of(second)));
      first.stop(PATIENCE);
      assertEquals(isUnix, isThere(box, path));
      go.countDown();
      NetBox.until("stopped", first.stopped()::isDone); // and what depends on it is done
      assertTrue(given.ready(List.of(second)));
      assertEquals(1, succeeded.get());
      given.close();
      offered.close();
      first.close();
      assertEquals(isUnix, isThere(box, path));
      second.close();
      assertFalse(isThere(box, path), "it was the second one's");
    }
  }

  /** The offer is withdrawn when it has been made use of. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void offerThatIsClosed_whenSomebodyHasConfirmed_isSucceeded(String kernel) throws Exception {
    UnixAddress at = place("closed-" + kernel);
    UnixAddress path = path(kernel);
    AtomicInteger succeeded = new AtomicInteger();
    CountDownLatch go = new CountDownLatch(1);
    try (NetBox box = NetBox.on(kernel);
        Closeable _ = go::countDown) {
      Server first = Server.start(box.group, ServerOptions.at(path), _ -> new Answer("A"));
      Succession offered =
          Succession.offer(box.loop, at, List.of(first), succeeded::incrementAndGet);
      Raw heir = agreed(box, at);
      block(box.loop, go);
      box.loop.execute(offered::close);
      heir.write(said(Succession.READY)); // from a call that was late
      heir.write(said(Succession.TAKEN));
      go.countDown();
      NetBox.until("over", () -> heir.read().isOver());
      assertTrue(heir.text().endsWith(said(Succession.DONE)), heir.text());
      NetBox.until("stopped", first.stopped()::isDone); // and what depends on it is done
      assertEquals(1, succeeded.get());
      assertTrue(isThere(box, path));
      heir.close();
      first.close();
    }
  }

  /** It has said that it is ready once more, has confirmed, and takes no answer. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void whoHasConfirmed_andIsGone_hasTakenOver(String kernel) throws Exception {
    UnixAddress at = place("gone-" + kernel);
    UnixAddress path = path(kernel);
    AtomicInteger succeeded = new AtomicInteger();
    CountDownLatch go = new CountDownLatch(1);
    try (NetBox box = NetBox.on(kernel);
        Closeable _ = go::countDown) {
      Server first = Server.start(box.group, ServerOptions.at(path), _ -> new Answer("A"));
      Succession offered =
          Succession.offer(box.loop, at, List.of(first), succeeded::incrementAndGet);
      Raw heir = agreed(box, at);
      block(box.loop, go);
      heir.write(said(Succession.READY)); // from a call after one that was late
      heir.write(said(Succession.TAKEN));
      heir.close();
      go.countDown();
      NetBox.until("succeeded", () -> succeeded.get() == 1);
      NetBox.until("stopped", first.stopped()::isDone);
      assertTrue(isThere(box, path), "the successor's");
      offered.close();
      first.close();
    }
  }

  /** Whoever was agreed with, and has not confirmed, is too late; the file goes with the server. */
  @ParameterizedTest
  @CsvSource({"native, true", "native, false", "model, true", "model, false"})
  void stopOfAPredecessor_beforeSomebodyHasConfirmed_isOne(String kernel, boolean dies)
      throws Exception {
    UnixAddress at = place("too-late-" + dies + kernel);
    UnixAddress path = path(kernel);
    AtomicInteger succeeded = new AtomicInteger();
    CountDownLatch go = new CountDownLatch(1);
    try (NetBox box = NetBox.on(kernel);
        Closeable _ = go::countDown) {
      Server first = Server.start(box.group, ServerOptions.at(path), _ -> new Answer("A"));
      Succession offered =
          Succession.offer(box.loop, at, List.of(first), succeeded::incrementAndGet);
      Raw heir = agreed(box, at);
      block(box.loop, go);
      first.stop();
      assertTrue(isThere(box, path), "it may be the other's");
      if (dies) {
        heir.close();
      }
      go.countDown();
      NetBox.until("stopped", first.stopped()::isDone); // and what depends on it is done
      assertFalse(isThere(box, path));
      if (!dies) {
        NetBox.until("turned away", () -> heir.read().isOver());
        assertTrue(heir.text().endsWith(said(Succession.AGREED)), heir.text());
        heir.close();
      }
      assertEquals(0, succeeded.get());
      offered.close();
      first.close();
    }
  }

  /** Nobody is told any more that somebody has confirmed, and nobody has. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  @SuppressWarnings("try") // it is closed in the middle
  void loopOfTheOffer_thatIsClosed_beforeSomebodyHasConfirmed_leavesNoFile(String kernel)
      throws Exception {
    UnixAddress at = place("loop-" + kernel);
    UnixAddress path = path(kernel);
    AtomicInteger succeeded = new AtomicInteger();
    try (NetBox box = NetBox.on(kernel);
        LoopGroup talking = LoopGroup.start(box.sys, 1, LoopOptions.DEFAULT)) {
      Server first = Server.start(box.group, ServerOptions.at(path), _ -> new Answer("A"));
      EventLoop one = talking.loops().getFirst();
      Succession offered = Succession.offer(one, at, List.of(first), succeeded::incrementAndGet);
      Raw heir = agreed(box, at);
      talking.close();
      NetBox.until("turned away", () -> heir.read().isOver());
      assertTrue(isThere(box, path));
      heir.close();
      first.close();
      assertFalse(isThere(box, path));
      assertEquals(0, succeeded.get());
      offered.close();
    }
  }

  /** One of its loops has not heard of the stop, so that it listens; but the file is gone. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void stopThatIsNotHeardEverywhere_turnsSuccessorsAway(String kernel) throws Exception {
    UnixAddress at = place("half-" + kernel);
    UnixAddress path = path(kernel);
    AtomicInteger succeeded = new AtomicInteger();
    CountDownLatch go = new CountDownLatch(1);
    try (NetBox box = NetBox.on(kernel);
        LoopGroup two = LoopGroup.start(box.sys, 2, LoopOptions.DEFAULT);
        Closeable _ = go::countDown) {
      Server first = Server.start(two, ServerOptions.at(path), _ -> new Answer("A"));
      EventLoop talking = two.loops().getFirst();
      Succession offered =
          Succession.offer(talking, at, List.of(first), succeeded::incrementAndGet);
      Inheritance early = Objects.requireNonNull(Inheritance.claim(box.sys, at, PATIENCE));
      block(two.loops().get(1), go);
      first.stop();
      SysException late = assertThrows(SysException.class, () -> early.ready(List.of()));
      assertEquals(Errno.ECONNRESET, late.errno());
      SysException refused =
          assertThrows(SysException.class, () -> Inheritance.claim(box.sys, at, PATIENCE));
      assertEquals(Errno.ECONNRESET, refused.errno());
      go.countDown();
      NetBox.until("stopped", first.stopped()::isDone); // and what depends on it is done
      assertEquals(0, succeeded.get());
      assertFalse(isThere(box, path));
      early.close();
      offered.close();
      first.close();
    }
  }

  /** It is gone, and the loop has heard neither of that nor of the next one. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void successorThatHasDied_unread_makesWay(String kernel) throws Exception {
    UnixAddress at = place("died-" + kernel);
    CountDownLatch go = new CountDownLatch(1);
    try (NetBox box = NetBox.on(kernel);
        Server server = Server.start(box.group, anywhere(), _ -> new Answer("A"));
        Succession _ = Succession.offer(box.loop, at, List.of(server), () -> {});
        Closeable _ = go::countDown) {
      Raw heir = agreed(box, at);
      block(box.loop, go);
      heir.close();
      Raw next = new Raw(box.sys, Sockets.connecting(box.sys, at));
      go.countDown();
      NetBox.until(
          "answered", () -> next.read().isOver() || next.text().endsWith(said(Succession.ALL)));
      assertFalse(next.isOver(), next.text());
      next.close();
    }
  }
}
