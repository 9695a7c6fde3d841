package dev.pollux.http.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntSupplier;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies in gzip, good and bad, in pieces of all sizes. */
public class GzipDecoderTest {

  private static final int PROGRAMS = Integer.getInteger("pollux.http.programs", 1_500);
  private static final long SEED = Long.getLong("pollux.seed", 1);
  private static final long MUCH = 1 << 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** What all of it came to. */
  public record Outcome(BodyDecoder.Result result, String text, int status, String problem) {}

  /** Inflates it in pieces of these sizes, into rooms of those. */
  public static Outcome decode(
      byte[] in, long maxBytes, IntSupplier inSizes, IntSupplier outSizes) {
    try (GzipDecoder decoder = new GzipDecoder(maxBytes)) {
      return decode(decoder, in, inSizes, outSizes);
    }
  }

  private static Outcome decode(
      GzipDecoder decoder, byte[] in, IntSupplier inSizes, IntSupplier outSizes) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    BodyDecoder.Result result = BodyDecoder.Result.MORE;
    for (int at = 0; at < in.length && result != BodyDecoder.Result.REFUSED; ) {
      int size = Math.min(in.length - at, inSizes.getAsInt());
      ByteBuffer piece = ByteBuffer.allocateDirect(size).put(in, at, size).flip();
      do {
        ByteBuffer out = ByteBuffer.allocate(outSizes.getAsInt() + 3).position(3);
        result = decoder.decode(piece, out);
        text.write(out.array(), 3, out.position() - 3);
        assertEquals(out.capacity(), out.limit());
      } while (result == BodyDecoder.Result.FULL);
      assertTrue(result == BodyDecoder.Result.REFUSED || !piece.hasRemaining());
      at += size;
    }
    result = decoder.end();
    assertEquals(
        decoder.total(), result == BodyDecoder.Result.DONE ? text.size() : decoder.total());
    return new Outcome(
        result, text.toString(ISO_8859_1), decoder.status(), String.valueOf(decoder.problem()));
  }

  private static Outcome decode(byte[] in) {
    return decode(in, MUCH, () -> 1 << 16, () -> 1 << 12);
  }

  static byte[] gzip(byte[] data) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  /** A member of "abc" whose header has these flags, and this behind its first ten bytes. */
  private static byte[] member(int flags, String more) {
    byte[] head =
        join(bytes("\u001f\u008b\b"), new byte[] {(byte) flags}, bytes("\0\0\0\0\2\3" + more));
    byte[] whole = gzip(bytes("abc"));
    CRC32 check = new CRC32();
    check.update(head);
    byte[] sum = {(byte) check.getValue(), (byte) (check.getValue() >> 8)};
    byte[] rest = Arrays.copyOfRange(whole, 10, whole.length);
    return (flags & 2) == 0 ? join(head, rest) : join(head, sum, rest);
  }

  private static void assertText(String text, byte[] in) {
    Outcome whole = decode(in);
    assertEquals(new Outcome(BodyDecoder.Result.DONE, text, 0, "null"), whole);
    assertEquals(whole, decode(in, MUCH, () -> 1, () -> 1));
  }

  private static void assertRefused(String problem, byte[] in) {
    Outcome whole = decode(in);
    assertEquals(BodyDecoder.Result.REFUSED, whole.result, problem);
    assertEquals(problem, whole.problem);
    assertEquals(400, whole.status);
    assertEquals(problem, decode(in, MUCH, () -> 1, () -> 1).problem);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 8, 9, 16, 24, 28, 30, 31})
  void header_withAnyFlags_isPassedOver(int flags) {
    String more =
        ((flags & 4) == 0 ? "" : "\3\0\0xy")
            + ((flags & 8) == 0 ? "" : "näme\0")
            + ((flags & 16) == 0 ? "" : "comment\0");
    assertText("abc", member(flags, more));
  }

  @Test
  void header_withEmptyParts_isPassedOver() {
    assertText("abc", member(28, "\0\0\0\0"));
    assertText("abc", member(30, "\0\0\0\0"));
    assertText("abc", member(4, "\1\1" + "x".repeat(257)));
  }

  @Test
  void header_atAndBeyondTheLimit() {
    int most = GzipHeader.MAX_BYTES - 11;
    String problem = "a gzip header has more than 4096 bytes";
    assertText("abc", member(8, "n".repeat(most) + "\0"));
    assertRefused(problem, member(8, "n".repeat(most + 1) + "\0"));
    assertRefused(problem, member(16, "n".repeat(10_000)));
    assertRefused(problem, member(4, "\377\377" + "x".repeat(0xffff)));
  }

  @ParameterizedTest
  @CsvSource({
    "0, the first byte of a gzip header is 'x'",
    "1, the second byte of a gzip header is 'x'",
    "2, the method of a gzip header is 'x'"
  })
  void header_ofSomethingElse_isRefused(int index, String problem) {
    byte[] in = member(0, "");
    in[index] = 'x';
    assertRefused(problem, in);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x20, 0x40, 0x80})
  void header_withReservedFlags_isRefused(int flags) {
    assertRefused("the flags of a gzip header is " + Octets.show((byte) flags), member(flags, ""));
  }

  @Test
  void header_withAnotherChecksum_isRefused() {
    for (int index = 10; index < 12; index++) {
      byte[] in = member(2, "");
      in[index]++;
      assertRefused("a gzip header has another checksum than it says", in);
    }
  }

  @Test
  void trailer_withAnotherChecksumOrSize_isRefused() {
    byte[] good = member(0, "");
    for (int back = 1; back <= 8; back++) {
      byte[] in = good.clone();
      in[in.length - back]++;
      assertRefused(
          "the gzip data has another " + (back > 4 ? "checksum" : "size") + " than it says", in);
    }
  }

  @Test
  void members_areOneText_andWhatIsBehindThemIsRefused() {
    byte[] three = join(member(0, ""), gzip(new byte[0]), member(31, "\0\0\0\0"));
    assertText("abcabc", three);
    assertRefused("the first byte of a gzip header is 'x'", join(three, bytes("x")));
    assertRefused("the first byte of a gzip header is the byte 0x00", join(three, new byte[1]));
    assertRefused("the second byte of a gzip header is 'x'", join(three, bytes("\u001fx")));
  }

  @Test
  void body_thatIsCutAnywhere_isNotWhole() {
    byte[] in = join(member(30, "\2\0xyname\0comment\0"), member(0, ""));
    int first = member(30, "\2\0xyname\0comment\0").length;
    for (int size = 0; size < in.length; size++) {
      byte[] cut = Arrays.copyOf(in, size);
      if (size == first) {
        assertText("abc", cut);
      } else {
        assertRefused("the gzip data is not whole", cut);
      }
    }
  }

  @Test
  void damage_isRefused() {
    byte[] in = member(0, "");
    in[10] = (byte) 0xff; // a block of the type that there is not
    assertRefused("the gzip data is damaged", in);
  }

  @Test
  void body_atAndBeyondTheLimit() {
    byte[] in = join(gzip(new byte[1_000]), gzip(new byte[1_000]), gzip(new byte[0]));
    for (int size : new int[] {1, 7, 1_000}) {
      assertEquals(
          BodyDecoder.Result.DONE, decode(in, 2_000, () -> size, () -> size).result, "" + size);
      Outcome much = decode(in, 1_999, () -> size, () -> size);
      assertEquals("the body has more than 1999 bytes when it is inflated", much.problem);
      assertEquals(413, much.status);
      assertEquals(1_999, much.text.length());
    }
    ByteBuffer room = ByteBuffer.allocate(2_000); // full while there is more to read
    try (GzipDecoder decoder = new GzipDecoder(2_000)) {
      for (byte octet : in) {
        ByteBuffer one = ByteBuffer.wrap(new byte[] {octet});
        while (one.hasRemaining()) {
          assertEquals(BodyDecoder.Result.MORE, decoder.decode(one, room));
        }
      }
      assertEquals(BodyDecoder.Result.DONE, decoder.end());
    }
    assertEquals(BodyDecoder.Result.DONE, decode(gzip(new byte[0]), 0, () -> 9, () -> 9).result);
    assertEquals(413, decode(gzip(new byte[1]), 0, () -> 9, () -> 9).status);
  }

  @Test
  void bomb_comesToNoMoreThanTheLimit() {
    Outcome outcome = decode(gzip(new byte[10 << 20]), 10_000, () -> 1 << 16, () -> 1 << 16);
    assertEquals(413, outcome.status);
    assertEquals(10_000, outcome.text.length());
  }

  @Test
  void decoder_thatRefused_refusesOn_andBeginsAnew() {
    try (GzipDecoder decoder = new GzipDecoder(3)) {
      for (byte[] bad :
          new byte[][] {
            bytes("xyz"), gzip(new byte[4]), gzip(new byte[5]), member(8, "n".repeat(100) + "\0")
          }) {
        boolean isGood = bad.length > 100;
        Outcome outcome = decode(decoder, bad, () -> 5, () -> 5);
        assertEquals(isGood, outcome.result == BodyDecoder.Result.DONE);
        assertEquals(isGood ? 0 : bad.length == 3 ? 400 : 413, outcome.status);
        ByteBuffer more = ByteBuffer.wrap(bytes("y"));
        assertEquals(BodyDecoder.Result.REFUSED, decoder.decode(more, ByteBuffer.allocate(9)));
        decoder.begin();
        assertEquals(0, decoder.status());
        assertEquals(0, decoder.total());
        ByteBuffer in = ByteBuffer.wrap(member(0, ""));
        assertEquals(BodyDecoder.Result.FULL, decoder.decode(in, ByteBuffer.allocate(2)));
        decoder.begin(); // amid a body
      }
      assertEquals("abc", decode(decoder, member(0, ""), () -> 3, () -> 3).text);
      decoder.begin();
      assertEquals(BodyDecoder.Result.REFUSED, decoder.end()); // nothing came
    }
  }

  @Test
  void room_thatIsNone_isFull_untilThereIsSome() {
    try (GzipDecoder decoder = new GzipDecoder(MUCH)) {
      ByteBuffer in = ByteBuffer.wrap(member(0, ""));
      assertEquals(BodyDecoder.Result.FULL, decoder.decode(in, ByteBuffer.allocate(0)));
      assertEquals(10, in.position());
      assertEquals(BodyDecoder.Result.FULL, decoder.decode(in, ByteBuffer.allocate(2)));
      assertEquals(BodyDecoder.Result.FULL, decoder.decode(in, ByteBuffer.allocate(0)));
      assertEquals(BodyDecoder.Result.MORE, decoder.decode(in, ByteBuffer.allocate(1)));
      assertEquals(BodyDecoder.Result.DONE, decoder.end());
    }
  }

  @Test
  void nativeMemory_isGivenBackOnce() {
    int[] ends = {0};
    Inflater inflater =
        new Inflater(true) {
          @Override
          public void end() {
            ends[0]++;
            super.end();
          }
        };
    GzipDecoder decoder = new GzipDecoder(MUCH, inflater);
    assertEquals(
        BodyDecoder.Result.REFUSED,
        decoder.decode(ByteBuffer.wrap(bytes("x")), ByteBuffer.allocate(1)));
    assertEquals(0, ends[0]);
    decoder.close();
    decoder.close();
    assertEquals(1, ends[0]);
    ByteBuffer nothing = ByteBuffer.allocate(0);
    assertThrows(IllegalStateException.class, () -> decoder.decode(nothing, nothing));
    assertThrows(IllegalStateException.class, decoder::begin);
    assertThrows(IllegalStateException.class, decoder::end);
  }

  @Test
  void body_allocatesNothing() {
    ByteBuffer in = ByteBuffer.wrap(gzip(bytes("abc".repeat(500))));
    ByteBuffer out = ByteBuffer.allocate(2_000);
    long least = Long.MAX_VALUE;
    try (GzipDecoder decoder = new GzipDecoder(MUCH)) {
      for (int round = 0; round < 10 && least > 0; round++) { // until it is compiled
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 2_000; i++) {
          decoder.begin();
          BodyDecoder.Result _ = decoder.decode(in.clear(), out.clear());
        }
        least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
      }
      assertEquals(BodyDecoder.Result.DONE, decoder.end());
    }
    assertEquals(0, least);
  }

  private static byte[] data(Random random) {
    byte[] data = new byte[random.nextInt(4) == 0 ? random.nextInt(20_000) : random.nextInt(200)];
    int kinds = 1 + random.nextInt(256);
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) random.nextInt(kinds);
    }
    return data;
  }

  private static byte[] deflated(Random random, byte[] data) {
    int level = random.nextInt(10);
    Deflater deflater = new Deflater(level, true);
    deflater.setInput(data);
    deflater.finish();
    byte[] out = new byte[data.length + 200];
    int size = deflater.deflate(out);
    deflater.end();
    return Arrays.copyOf(out, size);
  }

  private static byte[] body(Random random, ByteArrayOutputStream text) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int members = random.nextInt(3); members >= 0; members--) {
      byte[] data = data(random);
      text.writeBytes(data);
      byte[] whole = gzip(data);
      byte[] tail = Arrays.copyOfRange(whole, whole.length - 8, whole.length);
      int flags = random.nextInt(2) * 8;
      byte[] head =
          bytes("\u001f\u008b\b" + (char) flags + "\0\0\0\0\0\3" + (flags > 0 ? "n\0" : ""));
      body.writeBytes(join(head, deflated(random, data), tail));
    }
    return body.toByteArray();
  }

  private static String reference(byte[] body) {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
      return new String(in.readAllBytes(), ISO_8859_1);
    } catch (IOException e) {
      return "refused";
    }
  }

  @Test
  void decoder_saysWhatThePlatformSays_inAnySplit() {
    int good = 0;
    for (int i = 0; i < PROGRAMS; i++) {
      long seed = SEED + i;
      Random random = new Random(seed);
      String what = "-Dpollux.seed=" + seed + " -Dpollux.http.programs=1";
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      byte[] body = body(random, text);
      boolean isGood = random.nextBoolean();
      for (int changes = isGood ? 0 : 1 + random.nextInt(2); changes > 0; changes--) {
        int at = random.nextInt(random.nextBoolean() ? body.length : 12);
        body[at] = (byte) (body[at] ^ 1 << random.nextInt(8));
      }
      Outcome whole = decode(body, MUCH, () -> 1 << 20, () -> 1 << 12);
      int most = 1 + random.nextInt(random.nextBoolean() ? 4_000 : 40);
      Outcome split =
          decode(body, MUCH, () -> 1 + random.nextInt(most), () -> 1 + random.nextInt(4_000));
      assertEquals(whole.result, split.result, what);
      assertEquals(whole.problem, split.problem, what);
      if (whole.result == BodyDecoder.Result.DONE) {
        assertEquals(whole.text, split.text, what);
        assertEquals(reference(body), whole.text, what);
        good++;
      } else {
        assertEquals(400, whole.status, what);
        String expected = reference(body); // which takes what is no member for nothing
        boolean isStricter =
            whole.problem.contains("gzip header")
                || (whole.problem.endsWith("not whole") && whole.text.equals(expected));
        assertTrue(isStricter || expected.equals("refused"), what + ": " + whole.problem);
      }
      assertTrue(!isGood || whole.text.equals(text.toString(ISO_8859_1)), what);
    }
    assertTrue(PROGRAMS < 100 || (good > PROGRAMS / 3 && good < PROGRAMS), "good: " + good);
  }
}
