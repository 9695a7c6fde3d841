package dev.pollux.http.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

/** Bodies that are deflated, with a frame or bare, good and bad, in pieces of all sizes. */
class DeflateDecoderTest {

  private static final long SEED = Long.getLong("pollux.seed", 1);
  private static final int ROUNDS = 3_000;

  private static byte[] deflated(byte[] data, int level, boolean isBare) {
    try (Deflater deflater = new Deflater(level, isBare)) {
      deflater.setInput(data);
      deflater.finish();
      byte[] out = new byte[data.length + 1_000];
      int size = deflater.deflate(out);
      return Arrays.copyOf(out, size);
    }
  }

  private static String decode(byte[] in, long maxBytes, int inSize, int outSize) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (DeflateDecoder decoder = new DeflateDecoder(maxBytes)) {
      BodyDecoder.Result result = BodyDecoder.Result.MORE;
      for (int at = 0; at < in.length && result != BodyDecoder.Result.REFUSED; at += inSize) {
        ByteBuffer piece = ByteBuffer.wrap(in, at, Math.min(inSize, in.length - at));
        do {
          ByteBuffer out = ByteBuffer.allocate(outSize);
          result = decoder.decode(piece, out);
          text.write(out.array(), 0, out.position());
        } while (result == BodyDecoder.Result.FULL);
      }
      result = decoder.end();
      boolean isGood = result == BodyDecoder.Result.DONE;
      return isGood ? text.toString(ISO_8859_1) : decoder.status() + " " + decoder.problem();
    }
  }

  private static void check(String outcome, byte[] in, long maxBytes) {
    for (int inSize : new int[] {1, 2, 5, 1 << 20}) {
      for (int outSize : new int[] {1, 3, 1 << 12}) {
        assertEquals(outcome, decode(in, maxBytes, inSize, outSize));
      }
    }
  }

  @Test
  void data_isInflated_withAFrameOrBare() {
    byte[] text = "Castor and Pollux. ".repeat(50).getBytes(ISO_8859_1);
    for (int level = 0; level <= 9; level++) {
      for (boolean isBare : new boolean[] {false, true}) {
        check(new String(text, ISO_8859_1), deflated(text, level, isBare), text.length);
        check("", deflated(new byte[0], level, isBare), 0);
      }
    }
  }

  @Test
  void data_thatIsMore_cut_orFollowed_isRefused() {
    byte[] text = "Castor and Pollux. ".repeat(50).getBytes(ISO_8859_1);
    for (boolean isBare : new boolean[] {false, true}) {
      byte[] good = deflated(text, 6, isBare);
      int most = text.length - 1;
      check("413 the body has more than " + most + " bytes when it is inflated", good, most);
      check(
          "400 there is something behind the deflated data",
          Arrays.copyOf(good, good.length + 1),
          text.length);
      for (int size = 0; size < good.length; size++) {
        check("400 the deflated data is not whole", Arrays.copyOf(good, size), text.length);
      }
    }
  }

  @Test
  void data_thatAsksForADictionary_isRefused() {
    check(
        "400 the deflated data asks for a dictionary",
        new byte[] {0x78, (byte) 0xbb, 1, 2, 3, 4},
        9);
  }

  @Test
  void data_thatIsRandom_comesToTheSame_inWhateverPieces() {
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(SEED + round);
      byte[] text = new byte[random.nextInt(300)];
      byte[] in = deflated(text, random.nextInt(10), random.nextBoolean());
      for (int i = random.nextInt(3); i > 0; i--) {
        in[random.nextInt(in.length)] = (byte) random.nextInt(256);
      }
      String whole = decode(in, 1 << 20, 1 << 20, 1 << 12);
      String message = "-Dpollux.seed=" + (SEED + round);
      assertEquals(
          whole, decode(in, 1 << 20, 1 + random.nextInt(9), 1 + random.nextInt(9)), message);
    }
  }

  @Test
  void decoder_thatIsClosed_isOfNoUse() {
    DeflateDecoder decoder = new DeflateDecoder(9);
    decoder.close();
    decoder.close();
    assertThrows(IllegalStateException.class, decoder::end);
  }
}
