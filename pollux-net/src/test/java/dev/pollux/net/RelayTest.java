package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Two connections that are passed on to each other: bytes, waiting, half-close, reset. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#all")
class RelayTest extends NetCase {

  private Pair near;
  private Pair far;

  @BeforeEach
  void join() throws Exception {
    near = pair(new Recorder());
    far = pair(new Recorder());
    quiet();
    Relay.between(near.connection(), far.connection());
  }

  private void untilOver() throws Exception {
    until("over", () -> near.connection().isClosed() && far.connection().isClosed());
    tellOld(near);
    tellOld(far);
  }

  /** Whom nobody has told anything any more. */
  private static void tellOld(Pair pair) {
    pair.handler().closed(pair.connection(), CloseCause.CLOSED);
  }

  @Test
  void bytes_bothWays_andEachHalfCloseBehindThem() throws Exception {
    near.peer().write("question");
    near.peer().shutdown();
    until("question", () -> far.peer().read().text().equals("question"));
    until("end", () -> far.peer().read().isOver());
    assertTrue(near.connection().isOpen());
    far.peer().write("answer");
    far.peer().shutdown();
    until("answer", () -> near.peer().read().isOver());
    assertEquals("answer", near.peer().text());
    untilOver();
  }

  @Test
  void whoDoesNotRead_makesTheOtherWait_andGetsAll() throws Exception {
    byte[] content = random(20 << 20);
    int sent = 0;
    int before = -1;
    while (sent != before) {
      before = sent;
      for (int n = 1; n > 0 && sent < content.length; sent += Math.max(n, 0)) {
        n = near.peer().write(content, sent, content.length - sent);
      }
      quiet();
    }
    assertTrue(sent < content.length, "all of it was taken");
    int most = options.highWaterBytes() + options.readBytes();
    assertTrue(far.connection().queuedBytes() <= most, far.connection().queuedBytes() + " bytes");
    assertTrue(near.connection().isReadingPaused());
    int[] at = {sent};
    until(
        "all",
        () -> {
          int n = near.peer().write(content, at[0], content.length - at[0]);
          at[0] += Math.max(n, 0);
          return far.peer().read().size() == content.length;
        });
    assertArrayEquals(content, far.peer().bytes());
    near.peer().close();
    far.peer().close();
    untilOver();
  }

  @Test
  void reset_isPassedOn() throws Exception {
    Sockets.linger(sys, near.peer().fd(), 0);
    near.peer().close();
    until("reset", () -> far.peer().read().isOver());
    assertTrue(far.peer().errno() != 0, "a clean end, though something may be missing");
    untilOver();
  }

  @Test
  void finish_closesBothInOrder() throws Exception {
    near.peer().write("last words");
    near.connection().finish();
    until("end", () -> far.peer().read().isOver() && near.peer().read().isOver());
    assertEquals("last words", far.peer().text());
    assertEquals(0, far.peer().errno() + near.peer().errno());
    untilOver();
  }

  /** What was left unread before is passed on, too. */
  @Test
  void leftovers_arePassedOn() throws Exception {
    Recorder first = new Recorder();
    first.onReceived = (_, data) -> first.take(data, 2);
    Pair one = pair(first);
    Pair two = pair(new Recorder());
    one.peer().write("GOrest");
    quiet();
    Relay.between(one.connection(), two.connection());
    until("rest", () -> two.peer().read().text().equals("rest"));
    one.connection().reset();
    until("over", two.connection()::isClosed);
    tellOld(one);
    tellOld(two);
    near.peer().close();
    far.peer().close();
    untilOver();
  }

  /** A far end that is being connected, and one that cannot be. */
  @Test
  void connecting_whatComesMeanwhileIsPassedOn_andARefusalIsAReset() throws Exception {
    int listener = Sockets.tcpListener(sys, loopback(0), 8);
    InetSocketAddress there = (InetSocketAddress) Sockets.localAddress(sys, listener);
    for (boolean accepts : new boolean[] {true, false}) {
      if (!accepts) {
        int _ = sys.close(listener);
      }
      Server server =
          track(
              Server.open(
                  loop,
                  ServerOptions.at(loopback(0)).withConnection(options),
                  incoming ->
                      Relay.to(
                          Connection.connect(
                              loop, there, 0, incoming.options(), Relay.to(incoming)))));
      Raw client = connectRaw(server.address());
      client.write("early");
      if (accepts) {
        awaitTurning(listener);
        Raw target = raw(Sockets.accept(sys, listener));
        until("early", () -> target.read().text().equals("early"));
        target.write("late");
        until("late", () -> client.read().text().equals("late"));
        client.close();
        target.close();
      } else {
        until("reset", () -> client.read().isOver());
        assertTrue(client.errno() != 0);
      }
      until("none", () -> server.stats().open() == 0);
    }
    near.peer().close();
    far.peer().close();
    untilOver();
  }

  private void awaitTurning(int listener) throws Exception {
    until("connect", () -> Inside.poll(sys, listener, Linux.POLLIN));
  }

  @Test
  void twoLoops_orOneConnection_areRefused() throws Exception {
    Connection one = near.connection();
    assertThrows(IllegalArgumentException.class, () -> Relay.between(one, one));
    try (EventLoop other = EventLoop.open(sys, LoopOptions.DEFAULT)) {
      int[] fds = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
      Connection two = Connection.adopt(other, fds[0], options, new Recorder());
      assertThrows(IllegalArgumentException.class, () -> Relay.between(one, two));
      int _ = sys.close(fds[1]);
    }
    near.peer().close();
    far.peer().close();
    untilOver();
  }
}
