package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.wire.BodyDecoder;
import dev.pollux.http.wire.GzipDecoder;
import dev.pollux.http.wire.GzipDecoderTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that are encoded, in rooms of all sizes. */
class GzipEncoderTest {

  private static final int PROGRAMS = Integer.getInteger("pollux.http.programs", 1_000);
  private static final long SEED = Long.getLong("pollux.seed", 1);
  private static final int MOST_STEPS = 100_000; // of one byte of room; beyond, there is no end

  private static final byte[] TEXT = "abcdefgh".repeat(40).getBytes(ISO_8859_1);

  /** A step, again and again in rooms of these sizes, until it is done. */
  private static byte[] bytes(IntSupplier sizes, Predicate<ByteBuffer> step) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    boolean isDone = false;
    for (int i = 0; !isDone; i++) {
      assertTrue(i < MOST_STEPS, "it does not end");
      ByteBuffer out = ByteBuffer.allocate(sizes.getAsInt() + 2).position(2);
      isDone = step.test(out);
      assertTrue(isDone || !out.hasRemaining());
      all.write(out.array(), 2, out.position() - 2);
    }
    return all.toByteArray();
  }

  private static byte[] encoded(GzipEncoder encoder, byte[] data, IntSupplier sizes) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer in = ByteBuffer.wrap(data);
    all.writeBytes(bytes(sizes, out -> encoder.encode(in, out)));
    assertEquals(0, in.remaining());
    all.writeBytes(bytes(sizes, encoder::finish));
    return all.toByteArray();
  }

  private static byte[] decoded(byte[] body) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
      return in.readAllBytes();
    }
  }

  /** What can be inflated of a body that is not over. */
  private static String begun(byte[] body) {
    try (GzipDecoder decoder = new GzipDecoder(1 << 20)) {
      ByteBuffer out = ByteBuffer.allocate(1 << 16);
      assertEquals(BodyDecoder.Result.MORE, decoder.decode(ByteBuffer.wrap(body), out));
      return new String(out.array(), 0, out.position(), ISO_8859_1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 7, 1_000})
  void body_inAnyRoom_isTheSame_andIsInflatedByThePlatform(int size) throws IOException {
    try (GzipEncoder encoder = new GzipEncoder(6);
        GzipEncoder whole = new GzipEncoder(6)) {
      byte[] body = encoded(encoder, TEXT, () -> size);
      assertArrayEquals(encoded(whole, TEXT, () -> 1 << 16), body);
      assertArrayEquals(TEXT, decoded(body));
      assertArrayEquals(
          new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, -1}, Arrays.copyOf(body, 10));
      assertTrue(body.length < 60, "it has " + body.length + " bytes");
    }
  }

  @Test
  void level_isThatOfTheDeflater() {
    byte[] data = new byte[20_000];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) (i * i % 251 * (i % 7));
    }
    try (GzipEncoder fast = new GzipEncoder(1);
        GzipEncoder small = new GzipEncoder(9)) {
      int size = encoded(fast, data, () -> 1 << 16).length;
      assertTrue(encoded(small, data, () -> 1 << 16).length < size);
    }
    assertThrows(IllegalArgumentException.class, () -> new GzipEncoder(10));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 6, 7, 1_000})
  void flush_bringsOutAllThatWasTaken(int size) throws IOException {
    try (GzipEncoder encoder = new GzipEncoder(6)) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      all.writeBytes(bytes(() -> size, encoder::flush)); // the header alone
      for (int i = 0; i < 4; i++) {
        ByteBuffer in = ByteBuffer.wrap(("text " + i).getBytes(ISO_8859_1));
        all.writeBytes(bytes(() -> size, out -> encoder.encode(in, out)));
        all.writeBytes(bytes(() -> size, encoder::flush));
        assertTrue(begun(all.toByteArray()).endsWith("text " + i));
      }
      all.writeBytes(bytes(() -> size, encoder::finish));
      assertEquals("text 0text 1text 2text 3", new String(decoded(all.toByteArray()), ISO_8859_1));
    }
  }

  @Test
  void step_isDone_whenNothingIsHeldForRoom() {
    try (GzipEncoder encoder = new GzipEncoder(6)) {
      ByteBuffer in = ByteBuffer.allocate(1);
      assertEquals(false, encoder.encode(in.limit(0), ByteBuffer.allocate(9)));
      assertEquals(true, encoder.encode(in, ByteBuffer.allocate(1)));
      assertEquals(true, encoder.encode(in.clear(), ByteBuffer.allocate(1)));
      assertEquals(true, encoder.encode(in, ByteBuffer.allocate(0)));
    }
  }

  @Test
  void body_thatFillsTheRoomInside_isWhole() throws IOException {
    for (int size = 990; size < 1_030; size++) {
      try (GzipEncoder encoder = new GzipEncoder(0)) {
        byte[] data = new byte[size];
        assertArrayEquals(data, decoded(encoded(encoder, data, () -> 2_000)));
      }
    }
  }

  @Test
  void flush_withNothingNew_isDoneAtOnce() {
    try (GzipEncoder encoder = new GzipEncoder(6)) {
      assertEquals(true, encoder.encode(ByteBuffer.wrap(TEXT), ByteBuffer.allocate(99)));
      assertEquals(true, encoder.flush(ByteBuffer.allocate(99)));
      ByteBuffer out = ByteBuffer.allocate(99);
      assertEquals(true, encoder.flush(out));
      assertEquals(0, out.position());
    }
  }

  @Test
  void encoder_beginsAnew_whereverItWas() throws IOException {
    try (GzipEncoder encoder = new GzipEncoder(6)) {
      for (int i = 0; i < 3; i++) {
        assertArrayEquals(TEXT, decoded(encoded(encoder, TEXT, () -> 50)));
        encoder.begin();
        boolean _ = encoder.encode(ByteBuffer.wrap(TEXT), ByteBuffer.allocate(7 * i));
        boolean _ = encoder.flush(ByteBuffer.allocate(7 * i));
        encoder.begin();
      }
      assertEquals(20, encoded(encoder, new byte[0], () -> 50).length);
    }
  }

  @Test
  void steps_thatCannotBe_areRefused() {
    try (GzipEncoder encoder = new GzipEncoder(6)) {
      ByteBuffer none = ByteBuffer.allocate(0);
      assertEquals(false, encoder.flush(none));
      assertEquals(
          "the encoder is not OPEN but FLUSHING",
          assertThrows(IllegalStateException.class, () -> encoder.encode(none, none)).getMessage());
      assertThrows(IllegalStateException.class, () -> encoder.finish(none));
      assertEquals(true, encoder.flush(ByteBuffer.allocate(99)));
      assertEquals(false, encoder.finish(none));
      assertThrows(IllegalStateException.class, () -> encoder.encode(none, none));
      assertThrows(IllegalStateException.class, () -> encoder.flush(none));
      assertEquals(true, encoder.finish(ByteBuffer.allocate(99)));
      assertEquals(true, encoder.finish(none));
      assertThrows(IllegalStateException.class, () -> encoder.encode(none, none));
    }
  }

  @Test
  void nativeMemory_isGivenBackOnce() {
    int[] ends = {0};
    Deflater deflater =
        new Deflater(6, true) {
          @Override
          public void end() {
            ends[0]++;
            super.end();
          }
        };
    GzipEncoder encoder = new GzipEncoder(deflater);
    byte[] _ = encoded(encoder, TEXT, () -> 50);
    assertEquals(0, ends[0]);
    encoder.close();
    encoder.close();
    assertEquals(1, ends[0]);
    ByteBuffer none = ByteBuffer.allocate(0);
    assertThrows(IllegalStateException.class, () -> encoder.encode(none, none));
    assertThrows(IllegalStateException.class, () -> encoder.flush(none));
    assertThrows(IllegalStateException.class, () -> encoder.finish(none));
    assertThrows(IllegalStateException.class, encoder::begin);
  }

  @Test
  void body_inAnySteps_comesBack() throws IOException {
    for (int i = 0; i < PROGRAMS; i++) {
      long seed = SEED + i;
      Random random = new Random(seed);
      String what = "-Dpollux.seed=" + seed + " -Dpollux.http.programs=1";
      byte[] data = new byte[random.nextInt(8) == 0 ? random.nextInt(30_000) : random.nextInt(300)];
      int kinds = 1 + random.nextInt(256);
      for (int k = 0; k < data.length; k++) {
        data[k] = (byte) random.nextInt(kinds);
      }
      int most = 1 + random.nextInt(random.nextBoolean() ? 4_000 : 20);
      IntSupplier sizes = () -> 1 + random.nextInt(most);
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      try (GzipEncoder encoder = new GzipEncoder(random.nextInt(10))) {
        for (int at = 0; at < data.length; ) {
          int size = Math.min(data.length - at, 1 + random.nextInt(10_000));
          ByteBuffer in = ByteBuffer.allocateDirect(size).put(data, at, size).flip();
          all.writeBytes(bytes(sizes, out -> encoder.encode(in, out)));
          if (random.nextInt(3) == 0) {
            all.writeBytes(bytes(sizes, encoder::flush));
          }
          at += size;
        }
        all.writeBytes(bytes(sizes, encoder::finish));
      }
      assertArrayEquals(data, decoded(all.toByteArray()), what);
      GzipDecoderTest.Outcome ours =
          GzipDecoderTest.decode(all.toByteArray(), data.length, sizes, sizes);
      assertEquals(new String(data, ISO_8859_1), ours.text(), what);
      assertEquals(BodyDecoder.Result.DONE, ours.result(), what);
    }
  }
}
