package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Linux;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What was left, and the end behind it: for whom the end waits, and for whom it does not. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#all")
class RestBeforeEndTest extends ClockedCase {

  private static final int MANY_TURNS = 300;

  private final Recorder next = new Recorder();

  // ---- who pauses and goes on, again and again, hears of the end meanwhile

  @Test
  void pauseAndResume_inReceived_hearsOfTheEnd() throws Exception {
    Recorder handler = new Recorder();
    handler.onReceived =
        (connection, _) -> {
          connection.pauseReading();
          connection.resumeReading();
        };
    Pair pair = pair(handler, options);
    quiet();
    pair.peer().write("part");
    assertHearsOfTheEnd(handler, pair);
  }

  @Test
  void pauseAndResume_inReadComplete_hearsOfTheEnd() throws Exception {
    Recorder handler = new Recorder();
    handler.onReceived = (_, data) -> handler.take(data, data.remaining() - 1);
    handler.onReadComplete =
        connection -> {
          connection.pauseReading();
          connection.resumeReading();
        };
    Pair pair = pair(handler, options);
    turns(20);
    pair.peer().write("line\np");
    turns(20);
    assertHearsOfTheEnd(handler, pair);
  }

  private void assertHearsOfTheEnd(Recorder handler, Pair pair) throws Exception {
    pair.peer().shutdown();
    awaitReady(pair.connection().fd(), Linux.POLLRDHUP);
    turns(MANY_TURNS);
    assertEquals(1, handler.count("readClosed"), handler.log::toString);
    handler.onReadComplete = _ -> {};
    handler.onReceived = (_, data) -> handler.take(data);
    until("closed", handler::isClosed);
  }

  @Test
  void pauseAndResume_doesNotHoldUpAFinish() throws Exception {
    Recorder handler = new Recorder();
    handler.onReceived =
        (connection, _) -> {
          connection.pauseReading();
          connection.resumeReading();
        };
    Pair pair = pair(handler, options);
    quiet();
    pair.peer().write("part");
    pair.peer().shutdown();
    awaitReady(pair.connection().fd(), Linux.POLLRDHUP);
    turns(10);
    pair.connection().finish();
    pass(120 * SECOND);
    assertTrue(handler.isClosed(), handler.log::toString);
  }

  private void turns(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      turn();
    }
  }

  // ---- who comes next is given the rest, also where a write fails meanwhile

  private void assertRestIsGiven(Recorder first) throws Exception {
    first.onReceived = (_, _) -> {};
    Pair pair = unixPair(first, options);
    quiet();
    pair.peer().write("hello\n");
    pair.peer().close();
    until("closed", track(next)::isClosed);
    first.closed(pair.connection(), CloseCause.CLOSED);
    assertEquals("hello\n", next.text(), () -> first.log + " " + next.log + " " + next.cause);
  }

  private static void writeAndHandOver(Connection connection, ConnectionHandler next) {
    WriteResult _ = connection.write(ascii("ok\n"));
    connection.setHandler(next);
  }

  @Test
  void handOver_inReadComplete_behindAWriteThatFails() throws Exception {
    Recorder first = new Recorder();
    first.onReadComplete = connection -> writeAndHandOver(connection, next);
    assertRestIsGiven(first);
  }

  @Test
  void handOver_inReadClosed_behindAWriteThatFails() throws Exception {
    Recorder first = new Recorder();
    first.onReadClosed = connection -> writeAndHandOver(connection, next);
    assertRestIsGiven(first);
  }

  @Test
  void handOver_toOneWhoWritesAtOnce() throws Exception {
    Recorder first = new Recorder();
    first.onReadClosed = connection -> connection.setHandler(next);
    next.onAttached =
        connection -> {
          WriteResult _ = connection.write(ascii("hi\n"));
        };
    assertRestIsGiven(first);
  }

  /** The end was told, and left aside; another one comes, and a write fails before it begins. */
  @Test
  void handOver_inATask_thenAWriteThatFails_givesWhatWasLeft() throws Exception {
    Recorder first = new Recorder();
    Recorder next = new Recorder();
    first.onReceived = (_, _) -> {};
    first.onReadClosed = _ -> {};
    Pair pair = unixPair(first, options);
    quiet();
    pair.peer().write("hello\n");
    pair.peer().close();
    quiet();
    pair.connection().setHandler(track(next));
    WriteResult _ = pair.connection().write(ascii("ok\n"));
    until("closed", next::isClosed);
    first.closed(pair.connection(), CloseCause.CLOSED);
    assertEquals("hello\n", next.text());
  }
}
