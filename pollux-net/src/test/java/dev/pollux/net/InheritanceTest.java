package dev.pollux.net;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Ancillary;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import dev.pollux.sys.UnixAddress;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The successor's side of a succession, where the predecessor is a few bytes of the test. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class InheritanceTest {

  private static final Duration AT_MOST = Duration.ofSeconds(1);

  private static final Duration SHORT = Duration.ofMillis(200); // for what does not come

  private final Sys sys = NativeSys.open();
  private final UnixAddress at =
      UnixAddress.abstractName("pollux-given-" + ProcessHandle.current().pid());

  /** It has agreed, hangs, and will stop when it goes on: that is no failure, however often. */
  @Test
  void predecessorThatHangs_isWaitedForAgain_andToldOnce() throws Exception {
    try (Raw door = new Raw(sys, Sockets.unixListener(sys, at, 1));
        Raw listener = new Raw(sys, Sockets.tcpListener(sys, here(), 1))) {
      CompletableFuture<Raw> greeted =
          CompletableFuture.supplyAsync(() -> greet(door.fd(), listener.fd()));
      try (Inheritance given = Inheritance.claim(sys, at, AT_MOST);
          Raw predecessor = greeted.join()) {
        assertNotNull(given);
        assertEquals(1, given.descriptors().size());
        assertFalse(given.ready(List.of()));
        assertFalse(given.ready(List.of()));
        assertEquals(
            "" + (char) Succession.READY + (char) Succession.TAKEN, predecessor.read().text());
        predecessor.write("" + (char) Succession.DONE);
        assertTrue(given.ready(List.of()));
      }
    }
  }

  /** It was late, and then it withdraws its offer, unheard: that stays so. */
  @Test
  void ready_thatHasThrown_throwsTheSameAgain() throws Exception {
    try (Raw door = new Raw(sys, Sockets.unixListener(sys, at, 1));
        Raw listener = new Raw(sys, Sockets.tcpListener(sys, here(), 1))) {
      CompletableFuture<Raw> greeted =
          CompletableFuture.supplyAsync(() -> greet(door.fd(), listener.fd()));
      try (Inheritance given = Inheritance.claim(sys, at, SHORT)) {
        assertNotNull(given);
        assertFalse(given.ready(List.of()));
        greeted.join().close(); // with what it was told unread
        SysException withdrawn = assertThrows(SysException.class, () -> given.ready(List.of()));
        assertEquals(Errno.ECONNRESET, withdrawn.errno());
        assertSame(withdrawn, assertThrows(SysException.class, () -> given.ready(List.of())));
      }
    }
  }

  /** It hung, and somebody has killed it: then it accepts nothing any more. */
  @Test
  void predecessorThatHung_andWasKilled_isSucceeded() throws Exception {
    SysProbe probe = new SysProbe(sys);
    probe.inject((call, _) -> call.equals("pidfdOpen") ? sys.eventfd(1, 0) : null); // readable
    try (Raw door = new Raw(sys, Sockets.unixListener(sys, at, 1));
        Raw listener = new Raw(sys, Sockets.tcpListener(sys, here(), 1))) {
      CompletableFuture<Raw> greeted =
          CompletableFuture.supplyAsync(() -> greet(door.fd(), listener.fd()));
      try (Inheritance given = Inheritance.claim(probe.sys(), at, SHORT)) {
        assertNotNull(given);
        assertFalse(given.ready(List.of()));
        greeted.join().close();
        assertTrue(given.ready(List.of()));
      }
    }
  }

  /** Whatever ends its side of the conversation, its process may still accept. */
  @Test
  void predecessorThatEndsTheConversation_isDoneWhenItsProcessIs() throws Exception {
    int[] life = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM); // readable when it ends
    SysProbe probe = new SysProbe(sys);
    probe.inject((call, _) -> call.equals("pidfdOpen") ? life[0] : null);
    try (Raw process = new Raw(sys, life[1]);
        Raw door = new Raw(sys, Sockets.unixListener(sys, at, 1));
        Raw listener = new Raw(sys, Sockets.tcpListener(sys, here(), 1))) {
      CompletableFuture<Raw> greeted =
          CompletableFuture.supplyAsync(() -> greet(door.fd(), listener.fd()));
      try (Inheritance given = Inheritance.claim(probe.sys(), at, SHORT)) {
        assertNotNull(given);
        assertFalse(given.ready(List.of()));
        greeted.join().read().close(); // with all that it was told
        assertFalse(given.ready(List.of()));
        assertFalse(given.ready(List.of()));
        process.shutdown();
        assertTrue(given.ready(List.of()));
      }
    }
  }

  /** Else one that hangs and is killed would be no end, and nobody would know why. */
  @Test
  void predecessorThatCannotBeWatched_forWantOfDescriptors_isAnError() throws Exception {
    SysProbe probe = new SysProbe(sys);
    probe.inject((call, _) -> call.equals("pidfdOpen") ? -Errno.EMFILE : null);
    try (Raw _ = new Raw(sys, Sockets.unixListener(sys, at, 1))) {
      SysException full =
          assertThrows(SysException.class, () -> Inheritance.claim(probe.sys(), at, SHORT));
      assertEquals(Errno.EMFILE, full.errno());
    }
  }

  /** Its number is 0 in another PID namespace. */
  @Test
  void predecessorWithoutAPidfd_isSucceeded_andReadyAfterClose_isRefused() throws Exception {
    SysProbe probe = new SysProbe(sys);
    probe.inject((call, _) -> call.equals("pidfdOpen") ? -Errno.EINVAL : null);
    try (Raw door = new Raw(sys, Sockets.unixListener(sys, at, 1));
        Raw listener = new Raw(sys, Sockets.tcpListener(sys, here(), 1))) {
      CompletableFuture<Raw> greeted =
          CompletableFuture.supplyAsync(() -> greet(door.fd(), listener.fd()));
      Inheritance given = Inheritance.claim(probe.sys(), at, AT_MOST);
      assertNotNull(given);
      greeted.join().write("" + (char) Succession.DONE);
      assertTrue(given.ready(List.of()));
      given.close();
      assertThrows(IllegalStateException.class, () -> given.ready(List.of()));
      greeted.join().close();
    }
  }

  /** The kernel drops a descriptor for which the process has no number: nothing stands for it. */
  @Test
  void descriptorThatIsLost_isAnError() throws Exception {
    try (Raw door = new Raw(sys, Sockets.unixListener(sys, at, 1));
        Raw listener = new Raw(sys, Sockets.tcpListener(sys, here(), 1))) {
      CompletableFuture<Raw> greeted =
          CompletableFuture.supplyAsync(() -> greet(door.fd(), listener.fd(), listener.fd()));
      SysException lost =
          assertThrows(SysException.class, () -> Inheritance.claim(sys, at, AT_MOST));
      assertEquals(Errno.EMFILE, lost.errno());
      greeted.join().close();
    }
  }

  /** Anybody may listen at an abstract name. */
  @Test
  void predecessorOfAnotherUser_isRefused() throws Exception {
    SysProbe probe = new SysProbe(sys);
    AtomicBoolean asked = new AtomicBoolean();
    probe.inject((call, arguments) -> {
      if (!call.equals("getsockopt")
          || (int) arguments[2] != Linux.SO_PEERCRED
          || asked.getAndSet(true)) {
        return null;
      }
      long address = (long) arguments[3];
      int result =
          sys.getsockopt(
              (int) arguments[0],
              (int) arguments[1],
              (int) arguments[2],
              address,
              (long) arguments[4]);
      MemorySegment ucred = MemorySegment.ofAddress(address).reinterpret(Linux.SIZEOF_UCRED);
      ucred.set(JAVA_INT, Offsets.UCRED__UID, 1 + ucred.get(JAVA_INT, Offsets.UCRED__UID));
      return result;
    });
    try (Raw _ = new Raw(sys, Sockets.unixListener(sys, at, 1))) {
      SysException refused =
          assertThrows(SysException.class, () -> Inheritance.claim(probe.sys(), at, AT_MOST));
      assertEquals(Errno.EPERM, refused.errno());
    }
  }

  private static InetSocketAddress here() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /** Accepts one, gives it the listener, and agrees before it is asked. */
  private Raw greet(int door, int... listener) {
    try {
      Deadline.forThe("claim").await(() -> Inside.poll(sys, door, Linux.POLLIN));
      Raw to = new Raw(sys, Sockets.accept(sys, door));
      byte[] first = {Succession.LISTENER, Succession.WITHOUT_PATH};
      int _ = Ancillary.sendFds(sys, to.fd(), ByteBuffer.wrap(first), listener);
      byte[] last = {Succession.ALL, Succession.AGREED};
      int _ = to.write(last, 0, last.length); // who has found fault with it may be gone
      return to;
    } catch (SysException e) {
      throw new AssertionError(e);
    }
  }
}
