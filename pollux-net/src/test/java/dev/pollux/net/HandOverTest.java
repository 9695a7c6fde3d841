package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** One handler after another on a connection: each hears what is its own, and nothing is lost. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#all")
class HandOverTest extends NetCase {

  private static final Framing LINES = Framing.lines(100);

  /** Reads three bytes, and hands over. */
  private static final class First implements ConnectionHandler {
    private final List<String> log = new ArrayList<>();
    private final Consumer<Connection> then;

    First(Consumer<Connection> then) {
      this.then = then;
    }

    @Override
    public void received(Connection connection, ByteBuffer data) {
      log.add("received");
      var _ = data.position(Math.min(data.limit(), data.position() + 3));
      then.accept(connection);
    }

    @Override
    public void readComplete(Connection connection) {
      log.add("readComplete");
    }

    @Override
    public void readClosed(Connection connection) {
      log.add("readClosed");
    }

    @Override
    public void closed(Connection connection, CloseCause cause) {
      log.add("closed");
    }
  }

  private Connection adopt(ConnectionHandler handler, Raw[] peer) throws Exception {
    int[] fds = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    peer[0] = raw(fds[1]);
    return Connection.adopt(loop, fds[0], options, handler);
  }

  @Test
  void rest_goesToTheNewOne() throws Exception {
    Recorder next = track(Recorder.echo());
    First first = new First(connection -> connection.setHandler(next));
    Raw[] peer = {null};
    Connection connection = adopt(first, peer);
    peer[0].write("oldnew");
    until("echo", () -> peer[0].read().text().equals("new"));
    assertEquals(List.of("attached", "received", "readComplete"), next.log);
    peer[0].write("er");
    until("echo", () -> peer[0].read().text().equals("newer"));
    assertSame(next, connection.handler());
    peer[0].shutdown();
    until("closed", next::isClosed);
    assertEquals(List.of("received"), first.log);
  }

  /** A header, and the first request behind it, in one segment. */
  @Test
  void frameHandler_thatHandsOver_leavesTheFramesBehind() throws Exception {
    Recorder end = track(new Recorder());
    List<String> seen = new ArrayList<>();
    FrameHandler requests =
        new FrameHandler() {
          @Override
          public void attached(Connection connection) {
            seen.add("attached");
          }

          @Override
          public void frame(Connection connection, ByteBuffer line) {
            seen.add(StandardCharsets.US_ASCII.decode(line).toString());
            if (seen.getLast().equals("quit")) {
              connection.setHandler(end);
            }
          }
        };
    ConnectionHandler header =
        LINES.handler((connection, line) -> {
          seen.add("header of " + line.remaining());
          connection.setHandler(LINES.handler(requests));
        });
    Raw[] peer = {null};
    Connection _ = adopt(header, peer);
    peer[0].write("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\nfirst\nsecond\nquit\nrest");
    until("rest", () -> end.text().equals("rest"));
    assertEquals(List.of("header of 30", "attached", "first", "second", "quit"), seen);
    peer[0].close();
    until("closed", end::isClosed);
  }

  /** A framing brings its own limit, and takes it away. */
  @Test
  void limitOfAFraming_isGoneWithItsHandler() throws Exception {
    options = options.withMaxUnreadBytes(5);
    Recorder hoarder = track(new Recorder());
    hoarder.onReceived = (_, _) -> {};
    Raw[] peer = {null};
    Connection connection = adopt(LINES.handler((by, _) -> by.setHandler(hoarder)), peer);
    peer[0].write("six six");
    quiet();
    peer[0].write("\n");
    until("line", () -> hoarder.log.contains("attached"));
    assertTrue(connection.isOpen());
    peer[0].write("6 more");
    until("closed", hoarder::isClosed);
    assertEquals(CloseReason.LIMIT, hoarder.cause.reason());
  }

  @Test
  void frameHandler_thatComesBack_beginsAnew() throws Exception {
    List<String> seen = new ArrayList<>();
    ConnectionHandler lines =
        LINES.handler((_, line) -> seen.add(StandardCharsets.US_ASCII.decode(line).toString()));
    First skip = new First(connection -> connection.setHandler(lines));
    Raw[] peer = {null};
    Connection connection = adopt(lines, peer);
    peer[0].write("a long beginning");
    quiet();
    connection.setHandler(skip);
    quiet();
    peer[0].write("\nb\nc\n");
    quiet();
    assertEquals(List.of("ong beginning", "b", "c"), seen);
    peer[0].close();
    until("closed", connection::isClosed);
  }

  @Test
  void handlerSetElsewhere_isAttachedInTheNextTurn_andGivenWhatWasLeft() throws Exception {
    Recorder old = new Recorder();
    old.onReceived = (_, data) -> old.take(data, 1);
    Pair pair = pair(old);
    pair.peer().write("abc");
    quiet();
    assertEquals(2, pair.connection().unreadBytes());
    Recorder next = track(new Recorder());
    pair.connection().setHandler(next);
    assertEquals(List.of(), next.log); // no call within a call
    quiet();
    assertEquals(List.of("attached", "received", "readComplete"), next.log);
    assertEquals("bc", next.text());
    pair.peer().shutdown();
    until("closed", next::isClosed);
    assertEquals("a", old.text());
    old.closed(pair.connection(), CloseCause.CLOSED); // which it was not told
  }

  @Test
  void end_thatTheOldOneHeard_isToldToTheNewOne_afterTheRest() throws Exception {
    for (boolean within : new boolean[] {true, false}) {
      Recorder next = track(new Recorder());
      Recorder old = new Recorder();
      old.onReceived = (_, data) -> old.take(data, 1);
      old.onReadClosed =
          connection -> {
            if (within) {
              connection.setHandler(next);
            }
          };
      Pair pair = pair(old);
      pair.peer().write("abc");
      pair.peer().shutdown();
      until("the end", () -> old.count("readClosed") == 1);
      if (!within) {
        quiet();
        pair.connection().setHandler(next);
      }
      until("closed", next::isClosed);
      assertEquals("bc", next.text());
      assertEquals(
          List.of("attached", "received", "readComplete", "readClosed", "closed"), next.log);
      assertEquals(CloseReason.END_OF_STREAM, next.cause.reason());
      old.closed(pair.connection(), next.cause); // which it was not told
    }
  }

  /** The end arrives together with the header, and both before the new one. */
  @Test
  void headerRequestAndEnd_inOneRead_allReachTheNewOne() throws Exception {
    Recorder next = track(Recorder.echo());
    First first = new First(connection -> connection.setHandler(next));
    Raw[] peer = {null};
    Connection _ = adopt(first, peer);
    peer[0].write("oldnew");
    peer[0].shutdown();
    untilPeerIsOver(peer[0]);
    assertEquals("new", peer[0].text());
    until("closed", next::isClosed);
    assertEquals(1, next.count("readClosed"));
    assertEquals(List.of("received"), first.log);
  }

  @Test
  void pausedReading_staysPaused_forTheNewOne() throws Exception {
    Recorder next = track(new Recorder());
    First first =
        new First(connection -> {
          connection.pauseReading();
          connection.setHandler(next);
        });
    Raw[] peer = {null};
    Connection connection = adopt(first, peer);
    peer[0].write("oldnew");
    quiet();
    assertEquals("attached", next.log.getFirst());
    assertEquals("", next.text());
    connection.resumeReading();
    quiet();
    assertEquals("new", next.text());
    peer[0].close();
    until("closed", next::isClosed);
  }

  @Test
  void attached_thatPauses_isGivenTheRestWhenItResumes() throws Exception {
    Recorder next = track(new Recorder());
    next.onAttached = Connection::pauseReading;
    First first = new First(connection -> connection.setHandler(next));
    Raw[] peer = {null};
    Connection connection = adopt(first, peer);
    peer[0].write("oldnew");
    quiet();
    assertEquals(3, connection.unreadBytes());
    connection.resumeReading();
    quiet();
    assertEquals("new", next.text());
    peer[0].close();
    until("closed", next::isClosed);
  }

  @Test
  void attached_thatHandsOver_isBetweenTheTwo() throws Exception {
    Recorder last = track(new Recorder());
    List<String> log = new ArrayList<>();
    ConnectionHandler between =
        new ConnectionHandler() {
          @Override
          public void attached(Connection connection) {
            log.add("attached");
            connection.setHandler(last);
          }

          @Override
          public void received(Connection connection, ByteBuffer data) {
            log.add("received");
          }
        };
    Raw[] peer = {null};
    Connection _ = adopt(new First(connection -> connection.setHandler(between)), peer);
    peer[0].write("oldnew");
    until("rest", () -> last.text().equals("new"));
    assertEquals(List.of("attached"), log);
    assertEquals("attached", last.log.getFirst());
    peer[0].close();
    until("closed", last::isClosed);
  }

  /** Nobody reads anything, each puts the other in its place. */
  @Test
  void handOvers_withoutEnd_endTheConnection() throws Exception {
    ConnectionHandler[] two = {null, null};
    CloseCause[] cause = {null};
    for (int i = 0; i < 2; i++) {
      int other = 1 - i;
      two[i] =
          new ConnectionHandler() {
            @Override
            public void received(Connection connection, ByteBuffer data) {
              connection.setHandler(two[other]);
            }

            @Override
            public void closed(Connection connection, CloseCause why) {
              cause[0] = why;
            }
          };
    }
    Raw[] peer = {null};
    Connection connection = adopt(two[0], peer);
    peer[0].write("x");
    until("closed", connection::isClosed);
    turn();
    assertEquals(CloseReason.HANDLER_FAILED, cause[0].reason());
    assertEquals(1, reported.size(), reported.toString());
  }

  @Test
  void connectionThatEnds_beforeTheNewOneIsAttached_tellsItThatAlone() throws Exception {
    Recorder next = track(new Recorder());
    First first =
        new First(connection -> {
          connection.setHandler(next);
          connection.reset();
        });
    Raw[] peer = {null};
    Connection _ = adopt(first, peer);
    peer[0].write("oldnew");
    until("closed", next::isClosed);
    assertEquals(List.of("closed"), next.log);
    assertEquals(List.of("received"), first.log);
  }

  @Test
  void handlerSetInOpened_isAttached_beforeAdoptReturns() throws Exception {
    Recorder next = track(new Recorder());
    ConnectionHandler first =
        new ConnectionHandler() {
          @Override
          public void opened(Connection connection) {
            connection.setHandler(next);
          }

          @Override
          public void received(Connection connection, ByteBuffer data) {
            throw new IllegalStateException("not for this one");
          }
        };
    Raw[] peer = {null};
    Connection _ = adopt(first, peer);
    assertEquals(List.of("attached"), next.log);
    peer[0].close();
    until("closed", next::isClosed);
  }

  /** In each callback that is not about input: the new one hears that it is one, first of all. */
  @Test
  void handlerSetInOtherCallbacks_isAttachedFirst() throws Exception {
    for (String callback : List.of("writable", "heartbeat", "delivery", "finishing")) {
      Recorder next = track(new Recorder());
      next.onHeartbeat = _ -> {};
      Recorder old = new Recorder();
      boolean[] done = {false};
      Consumer<Connection> handOver =
          connection -> {
            if (!done[0]) {
              done[0] = true;
              connection.setHandler(next);
            }
          };
      old.onWritable = callback.equals("writable") ? handOver : _ -> {};
      old.onHeartbeat = callback.equals("heartbeat") ? handOver : _ -> {};
      old.onFinishing = callback.equals("finishing") ? handOver : _ -> {};
      Pair pair =
          pair(
              old,
              options
                  .withLowWaterBytes(1)
                  .withHighWaterBytes(2)
                  .withMaxQueuedBytes(1000)
                  .withHeartbeat(Duration.ofMillis(1)));
      switch (callback) {
        case "delivery" ->
            pair.connection().whenSent((connection, _) -> handOver.accept(connection));
        case "finishing" -> pair.connection().finish();
        case "writable" -> {
          probe.inject((call, _) -> call.equals("send") ? -Errno.EAGAIN : null);
          assertEquals(WriteResult.FULL, pair.connection().write(ascii("enough")));
          probe.inject((_, _) -> null);
          pair.connection().link().output.becameReady();
          pair.connection().link().kick();
        }
        default -> {}
      }
      until(callback, () -> done[0] && !next.log.isEmpty());
      pair.connection().close();
      until("closed", next::isClosed);
      assertEquals("attached", next.log.getFirst(), callback);
      assertEquals(callback.equals("finishing") ? 1 : 0, next.count("finishing"), callback);
      assertTrue(old.log.stream().noneMatch("closed"::equals), callback);
      old.closed(pair.connection(), next.cause); // which it was not told
    }
  }

  @Test
  void handlerSetBeforeTheConnectIsDone_isOpened() throws Exception {
    Raw listener = raw(Sockets.tcpListener(sys, loopback(0), 4));
    First first = new First(_ -> {});
    Recorder next = track(new Recorder());
    Connection connection =
        Connection.connect(loop, Sockets.localAddress(sys, listener.fd()), SECOND, options, first);
    connection.setHandler(next);
    until("opened", connection::isOpen);
    connection.close();
    until("closed", next::isClosed);
    assertEquals(List.of("opened", "closed"), next.log);
    assertEquals(List.of(), first.log);
  }

  @Test
  void detach_givesDescriptorAndBytes() throws Exception {
    List<Detached> taken = new ArrayList<>();
    Recorder old = new Recorder();
    old.onReceived =
        (connection, data) -> {
          old.take(data, 3);
          connection.detach(taken::add);
          assertEquals(WriteResult.CLOSED, connection.write(ascii("late")));
        };
    Pair pair = pair(old);
    pair.peer().write("oldnew");
    untilClosed(pair);
    assertEquals(CloseReason.DETACHED, old.cause.reason());
    assertEquals("old", old.text());
    assertEquals(pair.connection().fd(), taken.getFirst().fd());
    assertEquals(ascii("new"), taken.getFirst().unread());
    Recorder again = track(Recorder.echo());
    Connection _ = Connection.adopt(loop, taken.getFirst().fd(), options, again);
    pair.peer().write("er");
    until("echo", () -> pair.peer().read().text().equals("er"));
    pair.peer().shutdown();
    until("closed", again::isClosed);
  }

  /** Also what was left in an earlier turn; an answer that waits has to leave before. */
  @Test
  void detach_fromOutside_onceAllIsSent() throws Exception {
    List<Detached> taken = new ArrayList<>();
    Recorder old = new Recorder();
    old.onReceived = (_, data) -> old.take(data, 1);
    Pair pair = pair(old);
    pair.peer().write("abc");
    quiet();
    byte[] answer = random(20 << 20);
    WriteResult _ = pair.connection().write(ByteBuffer.wrap(answer));
    assertThrows(IllegalStateException.class, () -> pair.connection().detach(taken::add));
    pair.connection().whenSent((connection, _) -> connection.detach(taken::add));
    until(
        "closed",
        () -> {
          Raw _ = pair.peer().read();
          return old.isClosed();
        });
    assertEquals(CloseReason.DETACHED, old.cause.reason());
    assertEquals(ascii("bc"), taken.getFirst().unread());
    until("answer", () -> pair.peer().read().size() == answer.length);
    assertEquals(0, sys.close(taken.getFirst().fd()));
    pair.connection().detach(_ -> taken.clear()); // it is over: nothing is done
    quiet();
    assertEquals(1, taken.size());
  }

  @Test
  void taker_thatThrows_isReported() throws Exception {
    List<Integer> fds = new ArrayList<>();
    Pair pair = pair(new Recorder());
    quiet();
    pair.connection()
        .detach(away -> {
          fds.add(away.fd());
          throw new IllegalStateException("no place");
        });
    untilClosed(pair);
    assertEquals(1, reported.size(), reported::toString);
    assertTrue(reported.getFirst().contains("no place"), reported::toString);
    assertEquals(0, sys.close(fds.getFirst()));
  }
}
