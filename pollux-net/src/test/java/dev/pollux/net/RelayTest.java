package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
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

  /** The far side takes nothing any more, but what it sent before is still to be received. */
  @Test
  void brokenSide_isNotReadFor_andEndsTheOtherOnceItIsRead() throws Exception {
    int broken = far.connection().fd();
    probe.inject((call, arguments) ->
        call.equals("send") && arguments[0].equals(broken) ? -Errno.EPIPE : null);
    near.peer().write("first");
    quiet();
    near.peer().write("second");
    until("pause", near.connection()::isReadingPaused);
    assertTrue(far.connection().isOpen());
    probe.inject((_, _) -> null);
    far.peer().write("early answer");
    until("answer", () -> near.peer().read().text().equals("early answer"));
    far.peer().close();
    until("reset", () -> near.peer().read().isOver());
    assertTrue(near.peer().errno() != 0, "a clean end, though something is missing");
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

  /**
   * An end that one side did not send is not passed on as one: by a close of the program's, say.
   */
  @Test
  void closeWithoutTheEndOfItsPeer_isAReset() throws Exception {
    near.peer().write("half a ");
    until("half", () -> far.peer().read().size() == 7);
    near.connection().close();
    until("end", () -> near.peer().read().isOver());
    near.peer().close();
    until("reset", () -> far.peer().read().isOver());
    assertEquals(0, near.peer().errno());
    assertTrue(far.peer().errno() != 0, "a clean end, though something may be missing");
    untilOver();
  }

  /** Neither the question nor the answer is cut off, and nobody is told of an end too early. */
  @Test
  void finish_bothGoOn_untilTheOtherSideHasEnded() throws Exception {
    near.peer().write("quest");
    near.connection().finish();
    quiet();
    near.peer().write("ion");
    until("question", () -> far.peer().read().text().equals("question"));
    far.peer().write("ans");
    until("half an answer", () -> near.peer().read().text().equals("ans"));
    quiet();
    assertFalse(far.peer().isOver() || near.peer().isOver());
    far.peer().write("wer");
    far.peer().shutdown();
    until("answer", () -> near.peer().read().isOver());
    assertEquals("answer", near.peer().text());
    assertEquals(0, near.peer().errno());
    near.peer().close();
    untilOver();
  }

  @Test
  void finish_ofOneThatSendsStill_isOverInOrder_whenBothHaveEnded() throws Exception {
    near.connection().finish();
    quiet();
    near.peer().write("question");
    near.peer().shutdown();
    until("question", () -> far.peer().read().isOver());
    assertEquals("question", far.peer().text());
    far.peer().write("answer");
    far.peer().shutdown();
    until("answer", () -> near.peer().read().isOver());
    assertEquals("answer", near.peer().text());
    assertEquals(0, far.peer().errno() + near.peer().errno());
    untilOver();
  }

  /** The answer is here, and only the client does not end: nothing is due. */
  @Test
  void finish_afterTheOtherSideHasEnded_isAClose() throws Exception {
    far.peer().write("answer");
    far.peer().shutdown();
    until("answer", () -> near.peer().read().isOver());
    assertTrue(near.connection().isOpen());
    near.connection().finish();
    until("closed", () -> !near.connection().isOpen());
    near.peer().close();
    untilOver();
  }

  /** What it was held for is the other handler's affair; also behind one of the program's. */
  @Test
  void finish_ofOneThatIsReplaced_isAClose() throws Exception {
    Pair wrapped = pair(new Recorder());
    wrapped.connection().setHandler(new PassOn(Relay.to(far.connection())));
    List<Pair> two = List.of(near, wrapped);
    for (Pair each : two) {
      each.connection().finish();
    }
    quiet();
    for (Pair each : two) {
      assertTrue(each.connection().isOpen());
      Recorder next = track(new Recorder());
      each.connection().setHandler(next);
      untilPeerIsOver(each.peer());
      each.peer().close();
      until("closed", next::isClosed);
      assertEquals(List.of("attached", "finishing", "closed"), next.log);
      assertEquals(CloseReason.CLOSED, next.cause.reason());
    }
    tellOld(wrapped);
    far.connection().reset();
    untilOver();
  }

  /** Two that say nothing and end nothing. */
  @Test
  void stop_isBoundedByItsTime() throws Exception {
    int listener = Sockets.tcpListener(sys, loopback(0), 8);
    InetSocketAddress there = (InetSocketAddress) Sockets.localAddress(sys, listener);
    Server server = proxy(there);
    Raw client = connectRaw(server.address());
    awaitTurning(listener);
    Raw target = raw(Sockets.accept(sys, listener));
    client.write("early");
    until("early", () -> target.read().text().equals("early"));
    server.stop(Duration.ofMillis(20));
    until("stopped", () -> server.stats().open() == 0);
    until("reset", () -> client.read().isOver() && target.read().isOver());
    assertTrue(client.errno() != 0 && target.errno() != 0);
    int _ = sys.close(listener);
    near.peer().close();
    far.peer().close();
    untilOver();
  }

  /** What is refused while the queue is not full by the mark is passed on later. */
  @Test
  void refused_isPassedOnLater() throws Exception {
    ConnectionOptions tight =
        options.withLowWaterBytes(9_999).withHighWaterBytes(10_000).withMaxQueuedBytes(10_000);
    Pair from = pair(new Recorder());
    Pair to = pair(new Recorder(), tight);
    Relay.between(from.connection(), to.connection());
    quiet();
    int fd = to.connection().fd();
    probe.inject((call, arguments) ->
        (call.equals("send") || call.equals("writev")) && (int) arguments[0] == fd
            ? -Errno.EAGAIN
            : null);
    byte[] content = random(12_000);
    for (int at = 0; at < content.length; at += 4_000) {
      int queued = Math.min(at + 4_000, 8_000);
      assertEquals(4_000, from.peer().write(content, at, 4_000));
      until("queued", () -> to.connection().queuedBytes() == queued);
    }
    until("refused", () -> from.connection().isReadingPaused());
    assertEquals(8_000, to.connection().queuedBytes());
    probe.inject((_, _) -> null);
    to.connection().link().output.becameReady();
    to.connection().link().kick();
    until("all", () -> to.peer().read().size() == content.length);
    assertArrayEquals(content, to.peer().bytes());
    for (Pair pair : List.of(near, far, from, to)) {
      pair.peer().close();
    }
    until("over", () -> to.connection().isClosed() && from.connection().isClosed());
    tellOld(from);
    tellOld(to);
    untilOver();
  }

  /** One of them is over by the time that they are joined. */
  @Test
  void between_withOneThatIsOver_endsTheOther() throws Exception {
    for (boolean inOrder : new boolean[] {true, false}) {
      Pair gone = pair(new Recorder());
      Pair here = pair(new Recorder());
      if (inOrder) {
        gone.peer().close();
      } else {
        gone.peer().reset();
      }
      untilClosed(gone);
      Relay.between(here.connection(), gone.connection());
      until("end", () -> here.peer().read().isOver());
      assertEquals(inOrder, here.peer().errno() == 0);
      here.peer().close();
      until("over", here.connection()::isClosed);
      tellOld(here);
    }
    near.peer().close();
    far.peer().close();
    untilOver();
  }

  /** One waits, paused, until the other is there. */
  @Test
  void between_resumesReading() throws Exception {
    Recorder first = new Recorder();
    first.onReceived = (connection, _) -> connection.pauseReading();
    Pair one = pair(first);
    Pair two = pair(new Recorder());
    one.peer().write("request");
    until("paused", one.connection()::isReadingPaused);
    Relay.between(one.connection(), two.connection());
    until("request", () -> two.peer().read().text().equals("request"));
    for (Pair pair : List.of(near, far, one, two)) {
      pair.peer().close();
    }
    until("over", () -> one.connection().isClosed() && two.connection().isClosed());
    tellOld(one);
    tellOld(two);
    untilOver();
  }

  private Server proxy(InetSocketAddress there) throws Exception {
    return track(
        Server.open(
            loop,
            ServerOptions.at(loopback(0)).withConnection(options),
            incoming ->
                Relay.to(
                    Connection.connect(loop, there, 0, incoming.options(), Relay.to(incoming)))));
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
      Server server = proxy(there);
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
