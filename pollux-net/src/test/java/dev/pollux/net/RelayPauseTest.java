package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

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
    byte[] content = random(4 << 20);
    int[] at = {0};
    until(
        "paused",
        () -> {
          int n = far.peer().write(content, at[0], content.length - at[0]);
          at[0] += Math.max(n, 0);
          return far.connection().isReadingPaused();
        });
    until(
        "all",
        () -> {
          int n = far.peer().write(content, at[0], content.length - at[0]);
          at[0] += Math.max(n, 0);
          return near.peer().read().size() == content.length;
        });
    assertArrayEquals(content, near.peer().bytes());
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

  /** A pause of the program's is its own where both ways are relayed. */
  @Test
  void pauseOfTheProgram_betweenTwo_isItsOwn() throws Exception {
    Pair near = pair(nearRecorder);
    Pair far = pair(farRecorder);
    Relay.between(near.connection(), far.connection());
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
}
