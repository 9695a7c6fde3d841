package dev.pollux.http.websocket;

import static dev.pollux.http.websocket.Frames.frames;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** What messages that are not whole cost. */
class FrameReaderTest {

  private static final int LIMIT = 1 << 20;

  private final ByteBuffer left = ByteBuffer.allocate(16).flip();
  private int messages;

  private FrameReader reader(boolean inflates) {
    FrameReader.Sink sink =
        new FrameReader.Sink() {
          @Override
          public void message(boolean isText, ByteBuffer data) {
            messages++;
          }

          @Override
          public void control(int opcode, ByteBuffer data) {}
        };
    MessageInflater inflater = inflates ? new MessageInflater(false, LIMIT) : null;
    return new FrameReader(true, LIMIT, 1024, inflater, sink);
  }

  private static void read(FrameReader reader, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    while (reader.read(in)) {}
    assertEquals(0, reader.failure());
    assertTrue(!in.hasRemaining());
  }

  @Test
  void announced_takesNoMemory() {
    try (FrameReader reader = reader(false)) {
      read(reader, Arrays.copyOf(frames().binary(LIMIT).bytes(), 14 + 1));
      assertTrue(reader.heldBytes() <= 512, "held: " + reader.heldBytes());
    }
  }

  @Test
  void pieces_takeTwiceWhatHasCome_andNothingIsKeptOfLongMessages() {
    try (FrameReader reader = reader(false)) {
      byte[] frame = frames().binary(100_000).bytes();
      for (int i = 0; i < frame.length; i++) {
        readMore(reader, frame[i]);
        assertTrue(reader.heldBytes() <= Math.max(512, 2 * i), i + ": " + reader.heldBytes());
      }
      assertEquals(1, messages);
      assertEquals(0, reader.heldBytes());
    }
  }

  /** As a connection does: what is left is given once more. */
  private void readMore(FrameReader reader, byte octet) {
    var _ = left.compact().put(octet).flip();
    while (reader.read(left)) {}
  }

  @Test
  void shortMessages_keepLittle() {
    try (FrameReader reader = reader(false)) {
      read(reader, frames().frame(2, "*".repeat(4_000)).frame(0x80, "*".repeat(4_000)).bytes());
      assertEquals(1, messages);
      assertTrue(reader.heldBytes() <= 1 << 13, "held: " + reader.heldBytes());
    }
  }

  @Test
  void wholeMessages_takeNone() {
    try (FrameReader reader = reader(false)) {
      read(reader, frames().binary(60_000).text("a").ping("p").bytes());
      assertEquals(2, messages);
      assertEquals(0, reader.heldBytes());
    }
  }

  @Test
  void inflated_takesTwiceWhatCameOut() {
    try (FrameReader reader = reader(true)) {
      read(reader, frames().frame(0x42, HexFormat.of().parseHex("f248cdc9")).bytes());
      assertTrue(reader.heldBytes() <= 1 << 15, "held: " + reader.heldBytes());
    }
  }
}
