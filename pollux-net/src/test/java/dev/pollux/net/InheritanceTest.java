package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Ancillary;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import dev.pollux.sys.UnixAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The successor's side of a succession, where the predecessor is a few bytes of the test. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class InheritanceTest {

  private static final Duration AT_MOST = Duration.ofSeconds(1);

  private final Sys sys = NativeSys.open();

  /** It has agreed, hangs, and will stop when it goes on: that is no failure, however often. */
  @Test
  void predecessorThatHangs_isWaitedForAgain_andToldOnce() throws Exception {
    UnixAddress at = UnixAddress.abstractName("pollux-hang-" + ProcessHandle.current().pid());
    InetAddress here = InetAddress.getLoopbackAddress();
    try (Raw door = new Raw(sys, Sockets.unixListener(sys, at, 1));
        Raw listener = new Raw(sys, Sockets.tcpListener(sys, new InetSocketAddress(here, 0), 1))) {
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

  /** Accepts one, gives it the listener, and agrees before it is asked. */
  private Raw greet(int door, int listener) {
    try {
      Deadline.forThe("claim").await(() -> Inside.poll(sys, door, Linux.POLLIN));
      Raw to = new Raw(sys, Sockets.accept(sys, door));
      byte[] first = {Succession.LISTENER, Succession.WITHOUT_PATH};
      int _ = Ancillary.sendFds(sys, to.fd(), ByteBuffer.wrap(first), listener);
      to.write("" + (char) Succession.ALL + (char) Succession.AGREED);
      return to;
    } catch (SysException e) {
      throw new AssertionError(e);
    }
  }
}
