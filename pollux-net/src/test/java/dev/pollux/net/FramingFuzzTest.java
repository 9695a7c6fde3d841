package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every framing against a plain one, over streams cut into pieces in every way. */
class FramingFuzzTest {

  private static final long SEED = Long.getLong("pollux.seed", 20261122);
  private static final int STREAMS = 300;

  static List<FramingCase> cases() {
    List<FramingCase> cases = new ArrayList<>(FramingCase.all());
    cases.addAll(FramingCase.unframedInFrames());
    return cases;
  }

  /** Streams of bytes that mean something, and some that do not. */
  private static byte[] stream(FramingCase example, SplittableRandom random, int most) {
    byte[] stream = new byte[random.nextInt(most + 1)];
    boolean wild = random.nextInt(10) == 0;
    for (int i = 0; i < stream.length; i++) {
      stream[i] =
          wild
              ? (byte) random.nextInt(256)
              : example.alphabet()[random.nextInt(example.alphabet().length)];
    }
    return stream;
  }

  private static void check(FramingCase example, byte[] stream, int... cuts) {
    List<String> expected = example.naive().decode(stream);
    List<String> actual = FrameFeeder.decode(example.framing(), stream, cuts);
    if (!expected.equals(actual)) {
      assertEquals(
          expected,
          actual,
          () ->
              example
                  + " of "
                  + HexFormat.of().formatHex(stream)
                  + " cut at "
                  + Arrays.toString(cuts)
                  + "; again with -Dpollux.seed="
                  + SEED);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void decoder_everyCutInTwoAndThree_agreesWithPlainDecoder(FramingCase example) {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int k = 0; k < STREAMS; k++) {
      byte[] stream = stream(example, random, 16);
      check(example, stream);
      for (int i = 0; i <= stream.length; i++) {
        for (int j = i; j <= stream.length; j++) {
          check(example, stream, i, j);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void decoder_singleBytesAndRandomPieces_agreesWithPlainDecoder(FramingCase example) {
    SplittableRandom random = new SplittableRandom(SEED + 1);
    for (int k = 0; k < STREAMS; k++) {
      byte[] stream = stream(example, random, 120);
      int[] single = new int[stream.length];
      Arrays.setAll(single, i -> i);
      check(example, stream, single);
      int[] cuts = new int[random.nextInt(8)];
      Arrays.setAll(cuts, _ -> random.nextInt(stream.length + 1));
      Arrays.sort(cuts);
      check(example, stream, cuts);
    }
  }

  /** So that a frame of the limit fits into a buffer of maxFrameBytes. */
  @ParameterizedTest
  @MethodSource("cases")
  void decoder_anyStream_keepsLessThanAFrame(FramingCase example) {
    SplittableRandom random = new SplittableRandom(SEED + 2);
    for (int k = 0; k < STREAMS; k++) {
      FrameFeeder feeder = new FrameFeeder(example.framing());
      for (byte b : stream(example, random, 60)) {
        feeder.feed(new byte[] {b});
        if (feeder.problem == null) {
          assertTrue(feeder.keptBytes() < example.framing().maxFrameBytes());
        }
      }
    }
  }
}
