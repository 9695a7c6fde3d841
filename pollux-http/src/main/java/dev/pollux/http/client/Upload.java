package dev.pollux.http.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pollux.net.Connection;
import dev.pollux.net.WriteResult;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request on its way: one that is there, in pieces as there is room; or one that the
 * program writes, framed here.
 *
 * <p>Threads: the loop's.
 */
final class Upload {

  /** What is shorter leaves with its head. */
  static final int SHORT_BYTES = 1 << 14; // 16 KiB

  private static final int PIECE_BYTES = 1 << 16; // 64 KiB
  private static final int CHUNK_BYTES = 24; // around the data
  private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(ISO_8859_1);
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final ClientRequest request;
  private @Nullable Connection connection; // once something may be sent
  private ByteBuffer rest = NOTHING; // of a body that is there
  private long written; // of one that is streamed
  private boolean isHeld; // until 100
  private boolean isEndDue;
  private boolean isEnded; // the program has written all of it
  private boolean isComplete; // all of it is the connection's
  private boolean isLost; // it takes nothing any more
  private boolean isPassedOver; // something that was written and went nowhere

  Upload(ClientRequest request) {
    this.request = request;
  }

  /** What goes with the head; for another attempt, all is as it was. */
  ByteBuffer begin() {
    ByteBuffer body = request.body();
    isHeld = request.expectsContinue();
    isComplete = false;
    isLost = false;
    rest = body == null ? NOTHING : body.duplicate();
    if (!isHeld && rest.remaining() <= SHORT_BYTES) {
      ByteBuffer all = rest;
      rest = NOTHING;
      return all;
    }
    return NOTHING;
  }

  /** The head is the connection's: what comes next may be sent, unless it is held. */
  void headSent(Connection to) {
    connection = to;
    pump();
  }

  /** Whether it waits for a 100. */
  boolean isHeld() {
    return isHeld;
  }

  /** It waits no more. */
  void release() {
    isHeld = false;
    pump();
  }

  /** The connection is no more, and another one is to come: what is written has to wait. */
  void moveOn() {
    connection = null;
    isLost = false;
  }

  /** The connection is no more, or takes no more. */
  void lose() {
    connection = null;
    isLost = true;
  }

  /** Sends what is there, as long as there is room. */
  void pump() {
    Connection to = connection;
    if (to == null || isHeld || isComplete) {
      return;
    }
    boolean goesOn = true;
    while (goesOn && rest.hasRemaining()) {
      int size = Math.min(PIECE_BYTES, rest.remaining());
      WriteResult result = to.write(rest.slice(rest.position(), size));
      goesOn = result.goesOn();
      if (result.isTaken()) {
        var _ = rest.position(rest.position() + size);
      }
      isLost |= result == WriteResult.CLOSED;
    }
    if (isEndDue) {
      WriteResult result =
          request.length() < 0 ? to.write(ByteBuffer.wrap(LAST_CHUNK)) : WriteResult.SENT;
      isEndDue = result == WriteResult.REFUSED;
      isLost |= result == WriteResult.CLOSED;
      isComplete = result.isTaken();
    } else if (!request.isStreamed()) {
      isComplete = !rest.hasRemaining();
    }
  }

  // ---- what the program writes

  /** Whether something of it was written: then there is no other attempt. */
  boolean isBegun() {
    return request.isStreamed() && (written > 0 || isEnded || isPassedOver);
  }

  boolean isComplete() {
    return isComplete;
  }

  boolean isWritable() {
    Connection to = connection;
    return to != null && !isHeld && !isLost && to.isWritable();
  }

  private void requireOpen(String call) {
    if (!request.isStreamed()) {
      throw new IllegalStateException(call + ": " + request + " has no streamed body");
    }
    if (isEnded) {
      throw new IllegalStateException(call + ": the body of " + request + " has ended");
    }
  }

  /** Takes all of it, or nothing, which is REFUSED. */
  WriteResult write(ByteBuffer data) {
    requireOpen("ClientCall.write");
    int size = data.remaining();
    long length = request.length();
    if (length >= 0 && size > length - written) {
      throw new IllegalStateException(
          "the body of " + request + " would have more than the " + length + " bytes it said");
    }
    Connection to = connection;
    if (isLost) {
      var _ = data.position(data.limit());
      isPassedOver = true;
      return WriteResult.CLOSED;
    }
    if (to == null || isHeld) {
      return WriteResult.REFUSED;
    }
    if (size == 0) { // which would look like the end
      return to.isWritable() ? WriteResult.SENT : WriteResult.FULL;
    }
    WriteResult result = length < 0 ? writeChunk(to, data) : to.write(data);
    written += result.isTaken() ? size : 0;
    isLost |= result == WriteResult.CLOSED;
    isPassedOver |= result == WriteResult.CLOSED;
    return result;
  }

  private static WriteResult writeChunk(Connection to, ByteBuffer data) {
    int size = data.remaining();
    byte[] begin = (Integer.toHexString(size) + "\r\n").getBytes(ISO_8859_1);
    ByteBuffer chunk = to.beginWrite(size + CHUNK_BYTES).put(begin).put(data.duplicate());
    var _ = chunk.put((byte) '\r').put((byte) '\n');
    WriteResult result = to.endWrite();
    if (result != WriteResult.REFUSED) {
      var _ = data.position(data.limit());
    }
    return result;
  }

  /**
   * How much is missing at the end; 0 if nothing is, nobody has said how much it is to be, or
   * nobody takes it.
   */
  long missing() {
    return request.length() < 0 || isLost ? 0 : request.length() - written;
  }

  /** All of it was written. */
  void end() {
    requireOpen("ClientCall.end");
    isEnded = true;
    isEndDue = true;
    pump();
  }
}
