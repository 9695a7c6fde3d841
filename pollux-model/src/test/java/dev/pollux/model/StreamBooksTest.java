package dev.pollux.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What is read of a stream is held against what was sent. */
class StreamBooksTest {

  private final World world = new World(_ -> {});
  private final StreamBooks books = new StreamBooks(world);

  private void sent(int... bytes) {
    books.sent(array(bytes), false);
  }

  private void read(int... bytes) {
    books.read(array(bytes), 0, bytes.length);
  }

  private static byte[] array(int... bytes) {
    byte[] array = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      array[i] = (byte) bytes[i];
    }
    return array;
  }

  private void assertBroken(String... what) {
    assertEquals(List.of(what), world.brokenStreams());
  }

  @Test
  void sameBytes_inOtherPieces_areInOrder() {
    sent(1, 2, 3);
    sent(4);
    sent(5, 6);
    read(1);
    books.read(array(9, 2, 3, 4, 5, 9), 1, 5);
    read(6);
    books.end();
    assertBroken();
  }

  @Test
  void bytesLeftOut_orOutOfOrder_areSaid_once() {
    sent(1, 2, 3, 4);
    read(1);
    read(3);
    read(9);
    books.end();
    assertBroken("other bytes are read than were sent, behind 1 bytes of a TCP connection");
  }

  @Test
  void moreThanWasSent_isSaid() {
    sent(1);
    read(1, 1);
    assertBroken("more is read than was sent, behind 1 bytes of a TCP connection");
  }

  @Test
  void endBeforeTheLastByte_isSaid() {
    sent(1, 2);
    read(1);
    books.end();
    assertBroken(
        "the end is read before the last bytes that were sent, behind 1 bytes of a TCP connection");
  }

  @Test
  void streamWithAnUrgentByte_isNotChecked() {
    sent(1, 2);
    books.sent(array(3), true);
    read(7);
    books.end();
    assertBroken();
  }
}
