package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who ends which pause, of connections that are passed on to each other, or one way only. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#all")
class RelayPauseTest extends NetCase {

  private final Recorder nearRecorder = new Recorder();
  private final Recorder farRecorder = new Recorder();

  /** Queues zeros up to the mark; how many. */
  private static int fill(Connection connection) {
    int count = 0;
    for (int piece = 1 << 16; connection.isWritable(); count += piece) {
      WriteResult _ = connection.write(ByteBuffer.allocate(piece));
    }
    return count;
  }

  /** Reads so many bytes, and no more come. */
  private void expect(Raw peer, int count) throws Exception {
    until(count + " bytes", () -> peer.read().size() >= count);
    quiet();
    assertEquals(count, peer.read().size());
  }

  private void end(Pair near, Pair far) throws Exception {
    near.connection().reset();
    far.connection().reset();
    until("over", () -> near.connection().isClosed() && far.connection().isClosed());
    quiet();
    for (Pair pair : new Pair[] {near, far}) {
      if (!pair.handler().isClosed()) { // whom nobody has told anything any more
        pair.handler().closed(pair.connection(), CloseCause.CLOSED);
      }
    }
  }

  /** The pause of the program ends, the relay's own begins, and ends when there is room. */
  @Test
  void between_ofOnePaused_andOneFull_goesOnWhenThereIsRoom() throws Exception {
    Pair near = pair(nearRecorder);
    Pair far = pair(farRecorder);
    near.connection().pauseReading();
    near.peer().write("hello");
    int before = fill(far.connection());
    Relay.between(near.connection(), far.connection());
    quiet();
    assertTrue(near.connection().isReadingPaused(), "the other has no room");
    expect(far.peer(), before + 5);
    assertFalse(near.connection().isReadingPaused());
    end(near, far);
  }

  /** The way back is the program's own: its pause for want of room ends when there is room. */
  @Test
  void wayBackOfTheProgram_isResumed() throws Exception {
    Pair near = pair(nearRecorder);
    farRecorder.onReceived =
        (far, data) -> {
          if (!near.connection().write(data).goesOn()) {
            far.pauseReading();
          }
        };
    Pair far = pair(farRecorder);
    quiet();
    near.connection().setHandler(Relay.to(far.connection()));
    int before = fill(near.connection());
    far.peer().write("hello");
    until("paused", far.connection()::isReadingPaused);
    expect(near.peer(), before + 5);
    far.peer().write("again");
    expect(near.peer(), before + 10);
    end(near, far);
  }

  /** Behind a handler that passes its calls on first to a relay, then to the program's own. */
  @Test
  void wayBackOfTheProgram_behindAHandlerThatChanges_isResumed() throws Exception {
    Pair near = pair(nearRecorder);
    Pair far = pair(farRecorder);
    PassOn changing = new PassOn(Relay.to(near.connection()));
    far.connection().setHandler(changing);
    near.connection().setHandler(Relay.to(far.connection()));
    quiet();
    Recorder own = track(new Recorder());
    own.opened(far.connection());
    own.onReceived =
        (source, data) -> {
          if (!near.connection().write(data).goesOn()) {
            source.pauseReading();
          }
        };
    changing.inner = own;
    int before = fill(near.connection());
    far.peer().write("hello");
    until("paused", far.connection()::isReadingPaused);
    expect(near.peer(), before + 5);
    far.peer().write("again");
    expect(near.peer(), before + 10);
    end(near, far);
  }

  /** The same the other way round: the program resumes what the relay has paused. */
  @Test
  void programWithTheWayBack_resumesTheRelay() throws Exception {
    Pair near = pair(nearRecorder);
    Pair far = pair(farRecorder);
    quiet();
    nearRecorder.onWritable = _ -> far.connection().resumeReading();
    far.connection().setHandler(Relay.to(near.connection()));
    int before = fill(near.connection());
    far.peer().write("hello");
    until("paused", far.connection()::isReadingPaused);
    expect(near.peer(), before + 5);
    end(near, far);
  }

  /** A pause of the program's is its own where both ways are relayed, also behind others. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void pauseOfTheProgram_betweenTwo_isItsOwn(boolean wrapped) throws Exception {
    Pair near = pair(nearRecorder);
    Pair far = pair(farRecorder);
    if (wrapped) {
      near.connection().setHandler(new PassOn(Relay.to(far.connection())));
      far.connection().setHandler(new PassOn(Relay.to(near.connection())));
    } else {
      Relay.between(near.connection(), far.connection());
    }
    quiet();
    near.connection().pauseReading();
    near.peer().write("hello");
    expect(far.peer(), fill(far.connection()));
    assertTrue(near.connection().isReadingPaused());
    near.connection().resumeReading();
    until("resumed", () -> far.peer().read().text().endsWith("hello"));
    end(near, far);
  }

  /** One way becomes the program's: what it paused is the program's to resume. */
  @Test
  void wayThatIsTakenOver_leavesItsPauseToTheProgram() throws Exception {
    Pair near = pair(nearRecorder);
    Pair far = pair(farRecorder);
    Relay.between(near.connection(), far.connection());
    quiet();
    int before = fill(far.connection());
    near.peer().write("hello");
    until("paused", near.connection()::isReadingPaused);
    Recorder next = track(new Recorder());
    next.onWritable = _ -> near.connection().resumeReading();
    far.connection().setHandler(next);
    expect(far.peer(), before + 5);
    end(near, far);
  }

  /** One way, then the other: what was paused before there were two goes on by itself. */
  @Test
  void oneWayAfterTheOther_goesOnWhenThereIsRoom() throws Exception {
    Pair near = pair(nearRecorder);
    Pair far = pair(farRecorder);
    farRecorder.onWritable = _ -> near.connection().resumeReading();
    near.connection().setHandler(Relay.to(far.connection()));
    quiet();
    int before = fill(far.connection());
    near.peer().write("hello");
    until("paused", near.connection()::isReadingPaused);
    far.connection().setHandler(Relay.to(near.connection()));
    expect(far.peer(), before + 5);
    near.peer().write("again");
    expect(far.peer(), before + 10);
    end(near, far);
  }

  /** The program was told of the room, and left it to the relay that comes. */
  @Test
  void oneWayAfterTheOther_whereThereIsRoom_goesOn() throws Exception {
    Pair near = pair(nearRecorder);
    Pair far = pair(farRecorder);
    farRecorder.onWritable = _ -> far.connection().setHandler(Relay.to(near.connection()));
    near.connection().setHandler(Relay.to(far.connection()));
    quiet();
    int before = fill(far.connection());
    near.peer().write("hello");
    until("paused", near.connection()::isReadingPaused);
    expect(far.peer(), before + 5);
    near.peer().write("again");
    expect(far.peer(), before + 10);
    end(near, far);
  }

  /** The second way comes while the program pauses the first one, for a reason of its own. */
  @Test
  void oneWayAfterTheOther_leavesAPauseOfTheProgram() throws Exception {
    Pair near = pair(nearRecorder);
    Pair far = pair(farRecorder);
    near.connection().setHandler(Relay.to(far.connection()));
    quiet();
    int before = fill(far.connection());
    near.peer().write("hello");
    until("paused", near.connection()::isReadingPaused);
    near.connection().pauseReading();
    far.connection().setHandler(Relay.to(near.connection()));
    expect(far.peer(), before + 5);
    assertTrue(near.connection().isReadingPaused());
    near.peer().write("again");
    quiet();
    assertEquals(before + 5, far.peer().read().size());
    near.connection().resumeReading();
    expect(far.peer(), before + 10);
    end(near, far);
  }

  /** Either side of two that are relayed is given the same once more, full or not. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void sameRelayAnew_goesOn(boolean ofTheFullOne) throws Exception {
    Pair near = pair(nearRecorder);
    Pair far = pair(farRecorder);
    Relay.between(near.connection(), far.connection());
    quiet();
    int before = fill(far.connection());
    near.peer().write("hello");
    until("paused", near.connection()::isReadingPaused);
    Connection one = (ofTheFullOne ? far : near).connection();
    one.setHandler(Relay.to((ofTheFullOne ? near : far).connection()));
    expect(far.peer(), before + 5);
    near.peer().write("again");
    expect(far.peer(), before + 10);
    end(near, far);
  }
}
