package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import dev.pollux.sys.UnixAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** How a connection is made by a client, and what becomes of one that is not. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#all")
class ConnectionConnectTest extends NetCase {

  private Connection connect(SocketAddress address, long timeoutNanos, Recorder handler)
      throws SysException {
    return Connection.connect(loop, address, timeoutNanos, options, track(handler));
  }

  @Test
  void connect_toAListener_opensAndTalks() throws Exception {
    options = options.withWriteStall(Duration.ZERO); // so that no other time wants a timer
    Raw listener = raw(Sockets.tcpListener(sys, loopback(0), 4));
    SocketAddress address = Sockets.localAddress(sys, listener.fd());
    Recorder handler = new Recorder();
    handler.onOpened =
        connection -> {
          WriteResult _ = connection.write(ascii("hello"));
        };
    Connection connection = connect(address, 5 * SECOND, handler);
    assertFalse(connection.isOpen());
    assertEquals(WriteResult.QUEUED, connection.write(ascii("early, ")));
    assertTrue(connection.isWritable());
    until("opened", () -> connection.isOpen());
    awaitReady(listener.fd(), Linux.POLLIN);
    Raw peer = raw(Sockets.accept(sys, listener.fd()));
    until("hello", () -> peer.read().size() == 12);
    assertEquals("early, hello", peer.text());
    assertEquals(address, connection.remoteAddress());
    assertEquals(Sockets.peerAddress(sys, peer.fd()), connection.localAddress());
    peer.write("and back");
    quiet();
    assertEquals("and back", handler.text());
    assertEquals(0, Inside.timerCount(loop)); // the timeout was taken back
  }

  @Test
  void connect_whereNobodyListens_isRefused() throws Exception {
    Raw bound = raw(Sockets.open(sys, Linux.AF_INET, Linux.SOCK_STREAM));
    Sockets.bind(sys, bound.fd(), loopback(0));
    Recorder handler = new Recorder();
    Connection _ = connect(Sockets.localAddress(sys, bound.fd()), 5 * SECOND, handler);
    until("refusal", handler::isClosed);
    assertEquals(CloseReason.CONNECT_FAILED, handler.cause.reason());
    assertEquals(Errno.ECONNREFUSED, handler.cause.errno());
    assertEquals(List.of("closed"), handler.log);
  }

  @Test
  void connect_thatIsNeverAnswered_timesOut() throws Exception {
    Raw listener = raw(Sockets.tcpListener(sys, loopback(0), 4));
    SocketAddress address = Sockets.localAddress(sys, listener.fd());
    Recorder handler = new Recorder();
    probe.inject((call, _) -> call.equals("connect") ? -Errno.EINPROGRESS : null);
    long start = sys.nanoTime();
    Connection connection = connect(address, 50 * MILLI, handler);
    probe.inject((_, _) -> null);
    until(
        "timeout",
        () -> {
          if (model != null) {
            model.advance(MILLI); // a socket that never began to connect is hung up: no wait sleeps
          }
          return handler.isClosed();
        });
    assertTrue(sys.nanoTime() - start >= 50 * MILLI);
    assertEquals(CloseReason.CONNECT_FAILED, handler.cause.reason());
    assertEquals(List.of("closed"), handler.log);
    assertTrue(connection.isClosed());
  }

  @Test
  void connect_closedBeforeItIsMade_isClosedAndNeverOpened() throws Exception {
    Raw listener = raw(Sockets.tcpListener(sys, loopback(0), 4));
    SocketAddress address = Sockets.localAddress(sys, listener.fd());
    for (int way = 0; way < 4; way++) {
      Recorder handler = new Recorder();
      Connection connection = connect(address, SECOND, handler);
      switch (way) {
        case 0 -> connection.close();
        case 1 -> connection.reset();
        case 2 -> connection.reset();
        default -> connection.finish();
      }
      turn();
      assertEquals(List.of("closed"), handler.log, "way " + way);
    }
  }

  @Test
  void connect_whenTheLoopCloses_isTold() throws Exception {
    Raw listener = raw(Sockets.tcpListener(sys, loopback(0), 4));
    Recorder handler = new Recorder();
    Connection _ = connect(Sockets.localAddress(sys, listener.fd()), SECOND, handler);
    loop.close();
    assertEquals(List.of("closed"), handler.log);
    assertEquals(CloseReason.CUT_OFF, handler.cause.reason());
  }

  @Test
  void connect_toAnAbstractName_talks_andToNobody_fails() throws Exception {
    UnixAddress name = UnixAddress.abstractName("pollux-" + ProcessHandle.current().pid());
    Recorder refused = new Recorder();
    SysException nobody =
        assertThrows(
            SysException.class, () -> Connection.connect(loop, name, SECOND, options, refused));
    assertEquals(Errno.ECONNREFUSED, nobody.errno());
    assertEquals(List.of(), refused.log);
    Raw listener = raw(Sockets.unixListener(sys, name, 4));
    Recorder handler = Recorder.echo();
    Connection connection = connect(name, SECOND, handler);
    until("opened", connection::isOpen);
    Raw peer = raw(Sockets.accept(sys, listener.fd()));
    peer.write("unix");
    until("echo", () -> peer.read().size() == 4);
    assertEquals(name, connection.remoteAddress());
    peer.close();
    until("end", handler::isClosed);
  }

  @Test
  void connect_toAPathThatIsNot_failsAtOnce() {
    UnixAddress path = UnixAddress.path("/nowhere/at/all");
    Recorder never = new Recorder();
    SysException failed =
        assertThrows(
            SysException.class, () -> Connection.connect(loop, path, SECOND, options, never));
    assertTrue(failed.errno() == Errno.ENOENT || failed.errno() == Errno.ECONNREFUSED);
    assertEquals(List.of(), never.log);
  }

  @Test
  void before_opened_writesPauseAndEnd_areDoneInOrder() throws Exception {
    Raw listener = raw(Sockets.tcpListener(sys, loopback(0), 4));
    Recorder handler = new Recorder();
    handler.onOpened =
        connection -> {
          assertTrue(connection.isReadingPaused());
          assertEquals(WriteResult.CLOSED, connection.write(ascii("after the end")));
        };
    Connection connection = connect(Sockets.localAddress(sys, listener.fd()), 5 * SECOND, handler);
    assertEquals(WriteResult.QUEUED, connection.write(ascii("first ")));
    assertEquals(WriteResult.QUEUED, connection.write(ascii("second")));
    connection.pauseReading();
    connection.end();
    assertFalse(connection.isWritable());
    assertEquals(WriteResult.CLOSED, connection.write(ascii("too late")));
    until("opened", connection::isOpen);
    awaitReady(listener.fd(), Linux.POLLIN);
    Raw peer = raw(Sockets.accept(sys, listener.fd()));
    peer.write("unread");
    untilPeerIsOver(peer);
    assertTrue(peer.isEnded());
    assertEquals("first second", peer.text());
    quiet();
    assertEquals(List.of("opened", "writable"), handler.log, "who waits after CLOSED is told");
    connection.resumeReading();
    until("received", () -> handler.text().equals("unread"));
    peer.close();
    until("closed", handler::isClosed);
    assertEquals(CloseReason.END_OF_STREAM, handler.cause.reason());
  }

  @Test
  void before_opened_resumeTakesAPauseBack() throws Exception {
    Raw listener = raw(Sockets.tcpListener(sys, loopback(0), 4));
    Recorder handler = new Recorder();
    Connection connection = connect(Sockets.localAddress(sys, listener.fd()), 5 * SECOND, handler);
    connection.pauseReading();
    connection.resumeReading();
    until("opened", connection::isOpen);
    Raw peer = raw(Sockets.accept(sys, listener.fd()));
    peer.write("heard");
    until("received", () -> handler.text().equals("heard"));
    peer.close();
    until("closed", handler::isClosed);
  }

  @Test
  void before_opened_aHold_isWaitedForByTheFinish() throws Exception {
    Raw listener = raw(Sockets.tcpListener(sys, loopback(0), 4));
    Recorder handler = new Recorder();
    Connection connection = connect(Sockets.localAddress(sys, listener.fd()), 5 * SECOND, handler);
    connection.hold();
    until("opened", connection::isOpen);
    connection.finish();
    quiet();
    assertTrue(connection.isOpen());
    connection.release();
    until("closed", handler::isClosed);
    assertEquals(CloseReason.CLOSED, handler.cause.reason());
  }

  /** What was written has not been sent, and the cause says so. */
  @Test
  void before_opened_closeAfterAWrite_isCutOff() throws Exception {
    Raw listener = raw(Sockets.tcpListener(sys, loopback(0), 4));
    Recorder handler = new Recorder();
    Connection connection = connect(Sockets.localAddress(sys, listener.fd()), 5 * SECOND, handler);
    WriteResult _ = connection.write(ascii("lost"));
    connection.close();
    until("closed", handler::isClosed);
    assertEquals(CloseReason.CUT_OFF, handler.cause.reason());
    assertEquals(4, handler.lostBytes);
    assertEquals(List.of("closed"), handler.log);
  }

  @Test
  void opened_thatThrows_endsThisConnectionOnly() throws Exception {
    Raw listener = raw(Sockets.tcpListener(sys, loopback(0), 4));
    Pair other = pair(Recorder.echo());
    Recorder handler = new Recorder();
    handler.onOpened =
        _ -> {
          throw new IllegalStateException("made to fail");
        };
    Connection _ = connect(Sockets.localAddress(sys, listener.fd()), SECOND, handler);
    until("closed", handler::isClosed);
    assertEquals(CloseReason.HANDLER_FAILED, handler.cause.reason());
    other.peer().write("x");
    until("echo", () -> other.peer().read().size() == 1);
  }
}
