package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines in the blocking style: whole or not at all, and never longer than they may be. */
@Timeout(60)
class BlockingLineTest {

  private static final int HALF = Blocking.BUFFER_BYTES / 2;

  private final LinkedBlockingQueue<Object> seen = new LinkedBlockingQueue<>();

  /** A connection whose thread notes its lines, up to the end. */
  private NetBox.Peer noting(NetBox box, int maxBytes) throws Exception {
    return box.connect(
        ConnectionOptions.DEFAULT,
        Blocking.handlers(connection -> {
          try {
            String line = connection.readLine(maxBytes);
            while (line != null) {
              seen.add(line);
              line = connection.readLine(maxBytes);
            }
            seen.add("end");
          } catch (IOException e) {
            seen.add(e);
            throw e;
          }
        }));
  }

  private void expect(Object... those) throws InterruptedException {
    for (Object each : those) {
      assertEquals(each, next());
    }
  }

  private Object next() throws InterruptedException {
    Object next = seen.poll(20, TimeUnit.SECONDS);
    return next == null ? "nothing" : next;
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void lines_inPieces_areWhole(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer = noting(box, 4);
      peer.send("a\n\nabcd\r\nx\r\r\n\r\nab");
      expect("a", "", "abcd", "x\r", "");
      peer.send("c");
      peer.send("d\r");
      peer.send("\n");
      expect("abcd");
      peer.end();
      expect("end");
      box.expectClosed(peer, CloseReason.END_OF_STREAM, "");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void lineThatIsTooLong_isThePeersDoing(String kernel) throws Exception {
    for (String text : new String[] {"abcde\n", "abcde", "abcd\rx", "abcde\r\n"}) {
      try (NetBox box = NetBox.on(kernel)) {
        NetBox.Peer peer = noting(box, 4);
        peer.send(text);
        assertInstanceOf(IOException.class, next());
        box.expectClosed(peer, CloseReason.LIMIT, "more than 4 bytes");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void streamThatEndsWithinALine_isNotTakenForOne(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer = noting(box, 4);
      peer.send("a\nb");
      peer.end();
      expect("a");
      assertInstanceOf(EOFException.class, next());
      box.expectClosed(peer, CloseReason.PROTOCOL, "after 1 bytes");
    }
  }

  /** The rest of the line would not come while reading is paused. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void restOfALongLine_comesAlthoughTheBufferWasFull(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer = noting(box, HALF);
      String first = "a".repeat(HALF - 2);
      String second = "b".repeat(HALF);
      for (int i = 0; i < 5; i++) {
        peer.send(first + "\n" + second + "\r");
        peer.send("\n");
        expect(first, second);
      }
      peer.end();
      expect("end");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void timeoutWithinALine_losesNothing(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer =
          box.connect(
              ConnectionOptions.DEFAULT,
              Blocking.handlers(connection -> {
                connection.setReadTimeout(2_000_000);
                seen.add(assertThrows(SocketTimeoutException.class, connection::readLine));
                connection.setReadTimeout(0);
                seen.add(String.valueOf(connection.readLine()));
                seen.add((char) connection.input().read());
              }));
      peer.send("ab");
      assertInstanceOf(SocketTimeoutException.class, next());
      peer.send("c\nd");
      expect("abc", 'd');
    }
  }

  /** Nobody works on an answer to a line that is not there. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void finishWithinALine_doesNotWaitForIt(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer = noting(box, 4);
      peer.send("a\nb");
      expect("a");
      box.onLoop(() -> peer.connection().finish());
      box.expectClosed(peer, CloseReason.CLOSED, "");
      assertInstanceOf(IOException.class, next());
    }
  }

  /** Part of a line, and a bit more of it once the finish has begun. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void finishWithinALineThatGrows_doesNotWaitForIt(String kernel) throws Exception {
    for (int i = 0; i < 20; i++) {
      try (NetBox box = NetBox.on(kernel)) {
        NetBox.Peer peer = noting(box, 40);
        peer.send("a\nb");
        expect("a");
        box.onLoop(() -> {
          peer.connection().pauseReading();
          peer.send("cd");
          peer.connection().finish();
          peer.connection().resumeReading();
        });
        box.expectClosed(peer, CloseReason.CLOSED, "");
        assertInstanceOf(IOException.class, next());
      }
    }
  }

  @Test
  void limit_thatCannotBe_isRefused() throws Exception {
    try (NetBox box = NetBox.on("model")) {
      NetBox.Peer peer =
          box.connect(
              ConnectionOptions.DEFAULT,
              Blocking.handlers(connection -> {
                for (int wrong : new int[] {-1, HALF + 1}) {
                  seen.add(
                      assertThrows(
                          IllegalArgumentException.class, () -> connection.readLine(wrong)));
                }
              }));
      assertInstanceOf(IllegalArgumentException.class, next());
      assertInstanceOf(IllegalArgumentException.class, next());
      box.expectClosed(peer, CloseReason.CLOSED, "");
    }
  }
}
