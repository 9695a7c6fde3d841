package dev.pollux.http.websocket;

import static dev.pollux.http.websocket.Frames.FIN;
import static dev.pollux.http.websocket.Frames.RSV1;
import static dev.pollux.http.websocket.Frames.TEXT;
import static dev.pollux.http.websocket.Frames.frames;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.net.ConnectionOptions;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages in permessage-deflate, both ways. Examples are those of RFC 7692, 7.2.3. */
class CompressionTest {

  private static final WebSocketOptions ALONE =
      WebSocketOptions.DEFAULT
          .withCompression(true)
          .withCompressFromBytes(1)
          .withPingInterval(Duration.ZERO);
  private static final WebSocketOptions KEEPING = ALONE.withContextTakeover(true);
  private static final String OFFER = "Sec-WebSocket-Extensions: permessage-deflate¶";

  private final SocketWire.Echo echo = new SocketWire.Echo();

  private SocketWire open(WebSocketOptions options) {
    return SocketWire.open(options, ConnectionOptions.DEFAULT, OFFER, echo);
  }

  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  /** The client's end: what zlib makes of it, and what it takes out of answers. */
  private static final class Zip {
    final Deflater deflater;
    final Inflater inflater = new Inflater(true);
    final boolean keeps;

    Zip(int level, boolean keeps) {
      this.deflater = new Deflater(level, true);
      this.keeps = keeps;
    }

    byte[] deflate(byte[] data) {
      byte[] out = new byte[data.length + data.length / 100 + 1000];
      deflater.setInput(data);
      int count = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
      if (!keeps) {
        deflater.reset();
      }
      return Arrays.copyOf(out, count - 4);
    }

    byte[] inflate(byte[] data) {
      byte[] all = Arrays.copyOf(data, data.length + 4);
      all[all.length - 2] = (byte) 0xff;
      all[all.length - 1] = (byte) 0xff;
      inflater.setInput(all);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] some = new byte[4096];
      try {
        for (int n = inflater.inflate(some); n > 0; n = inflater.inflate(some)) {
          out.write(some, 0, n);
        }
      } catch (DataFormatException e) {
        throw new AssertionError(e);
      }
      if (!keeps) {
        inflater.reset();
      }
      return out.toByteArray();
    }
  }

  private static byte[] payload(byte[] frame) {
    ByteBuffer in = ByteBuffer.wrap(frame);
    int first = in.get() & 0xff;
    assertEquals(RSV1, first & RSV1);
    int length = in.get();
    long size = length == 126 ? in.getShort() & 0xffff : length == 127 ? in.getLong() : length;
    byte[] payload = new byte[(int) size];
    in.get(payload);
    assertTrue(!in.hasRemaining());
    return payload;
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "f248cdc9c90700, one block",
    "000500faff48656c6c6f00, a block that is not compressed",
    "f348cdc9c90700, a block that says to be the last",
    "f24805000000ffffcac9c90700, two blocks",
  })
  void example_isTaken(String hex, String name) {
    for (int cut = 0; cut <= hex.length() / 2; cut++) {
      try (SocketWire wire = open(ALONE.withCompressFromBytes(1 << 20))) {
        byte[] all = hex(hex);
        if (cut == 0) {
          wire.send(frames().frame(FIN | RSV1 | TEXT, all));
        } else {
          wire.send(
              frames()
                  .frame(RSV1 | TEXT, Arrays.copyOf(all, cut))
                  .frame(FIN, Arrays.copyOfRange(all, cut, all.length)));
        }
        assertEquals("text(Hello)", wire.read(), name);
      }
    }
  }

  @Test
  void messages_ofAllKinds_comeBack() {
    Random random = new Random(7692);
    for (WebSocketOptions options : List.of(ALONE, KEEPING)) {
      for (int level : new int[] {0, 1, 9}) {
        Zip zip = new Zip(level, options.contextTakeover());
        try (SocketWire wire = open(options)) {
          for (int i = 0; i < 60; i++) {
            byte[] data = new byte[1 + random.nextInt(i < 50 ? 2_000 : 300_000)];
            int kinds = 1 + random.nextInt(256);
            for (int k = 0; k < data.length; k++) {
              data[k] = (byte) random.nextInt(kinds);
            }
            wire.send(frames().frame(FIN | RSV1 | Frames.BINARY, zip.deflate(data)));
            assertEquals(
                ByteBuffer.wrap(data),
                ByteBuffer.wrap(zip.inflate(payload(wire.http.readBytes()))),
                "message " + i);
          }
        }
      }
    }
  }

  @Test
  void messages_mayBeNotCompressed() {
    try (SocketWire wire = open(ALONE.withCompressFromBytes(100))) {
      wire.send(frames().text("plain").textOf(99));
      assertEquals("text(plain) text(99 bytes)", wire.read());
      wire.send(frames().textOf(100));
      assertTrue(wire.read().endsWith("z"));
      wire.send(frames().text("").frame(FIN | RSV1 | TEXT, hex("00")));
      assertEquals("text() text()", wire.read());
    }
  }

  @Test
  void context_isReferredTo() {
    Zip zip = new Zip(9, true);
    byte[] same = "the same words again and again".getBytes(UTF_8);
    try (SocketWire wire = open(KEEPING)) {
      byte[] first = zip.deflate(same);
      byte[] second = zip.deflate(same);
      assertTrue(second.length < first.length);
      wire.send(frames().frame(FIN | RSV1 | TEXT, first));
      int once = payload(wire.http.readBytes()).length;
      wire.send(frames().frame(FIN | RSV1 | TEXT, second));
      assertTrue(payload(wire.http.readBytes()).length < once);
    }
  }

  @Test
  void context_notAgreedOn_isNotKept() {
    Zip zip = new Zip(9, true);
    byte[] same = "the same words again and again".getBytes(UTF_8);
    try (SocketWire wire = open(ALONE)) {
      wire.send(frames().frame(FIN | RSV1 | TEXT, zip.deflate(same)));
      wire.http.readBytes();
      wire.send(frames().frame(FIN | RSV1 | TEXT, zip.deflate(same)));
      assertEquals("close(1007)", wire.read());
    }
  }

  /** A message of 2 MB in 2 KB. */
  @ParameterizedTest
  @ValueSource(ints = {1 << 20, (1 << 20) + 1, 2_000_000})
  void bomb_isStoppedAtTheLimit(int size) {
    Zip zip = new Zip(9, false);
    byte[] bomb = zip.deflate(new byte[size]);
    assertTrue(bomb.length < 5_000);
    try (SocketWire wire = open(ALONE.withCompressFromBytes(1 << 30))) {
      wire.send(frames().frame(FIN | RSV1 | Frames.BINARY, bomb));
      String expected = size > 1 << 20 ? "close(1009)" : "binary(1048576 bytes)";
      assertEquals(expected, wire.read());
    }
  }

  /** Blocks that come to nothing are as good as a message that is too long. */
  @Test
  void emptyBlocks_areCounted() {
    byte[] empty = hex("000000ffff".repeat(1 << 10));
    try (SocketWire wire = open(ALONE.withMaxMessageBytes(10_000).withMaxFrames(1 << 20))) {
      wire.send(frames().frame(RSV1 | TEXT, empty));
      assertEquals("", wire.read());
      wire.send(frames().frame(0, empty).frame(0, empty));
      assertEquals("close(1009)", wire.read());
    }
  }

  @Test
  void garbage_isRefused() {
    for (String wrong : List.of("ffffff", "07", "00050001")) {
      try (SocketWire wire = open(ALONE)) {
        wire.send(frames().frame(FIN | RSV1 | TEXT, hex(wrong)));
        String answer = wire.read();
        assertTrue(answer.equals("close(1007)"), wrong + ": " + answer);
      }
    }
  }

  @Test
  void text_inflatedToWhatIsNone_isRefused() {
    Zip zip = new Zip(9, false);
    try (SocketWire wire = open(ALONE)) {
      wire.send(frames().frame(FIN | RSV1 | TEXT, zip.deflate(hex("616263ff"))));
      assertEquals("close(1007)", wire.read());
    }
    try (SocketWire wire = open(ALONE)) {
      wire.send(frames().frame(FIN | RSV1 | TEXT, zip.deflate(hex("616263ce"))));
      assertEquals("close(1007)", wire.read());
    }
  }

  /** What was refused is not known to the peer, and later messages do not refer to it. */
  @Test
  void send_refused_isNotReferredTo() {
    Zip zip = new Zip(9, true);
    ConnectionOptions few =
        ConnectionOptions.DEFAULT.withHighWaterBytes(20_000).withMaxQueuedBytes(30_000);
    Random random = new Random(1);
    byte[] noise = new byte[10_000];
    random.nextBytes(noise);
    try (SocketWire wire = SocketWire.open(KEEPING, few, OFFER, echo)) {
      WebSocket socket = java.util.Objects.requireNonNull(echo.socket);
      ByteArrayOutputStream wanted = new ByteArrayOutputStream();
      ByteBuffer data = ByteBuffer.wrap(noise);
      while (socket.send(data.rewind()).isTaken()) {
        wanted.writeBytes(noise);
        random.nextBytes(noise);
      }
      assertEquals(noise.length, data.remaining());
      byte[] refused = noise.clone();
      byte[] all = wire.http.readBytes();
      ByteArrayOutputStream got = new ByteArrayOutputStream();
      for (ByteBuffer in = ByteBuffer.wrap(all); in.hasRemaining(); ) {
        got.writeBytes(zip.inflate(next(in)));
      }
      assertEquals(ByteBuffer.wrap(wanted.toByteArray()), ByteBuffer.wrap(got.toByteArray()));
      var _ = socket.send(ByteBuffer.wrap(refused));
      wire.http.turn();
      assertEquals(
          ByteBuffer.wrap(refused), ByteBuffer.wrap(zip.inflate(payload(wire.http.readBytes()))));
    }
  }

  private static byte[] next(ByteBuffer in) {
    in.get();
    int length = in.get();
    byte[] payload = new byte[length == 126 ? in.getShort() & 0xffff : length];
    in.get(payload);
    return payload;
  }
}
