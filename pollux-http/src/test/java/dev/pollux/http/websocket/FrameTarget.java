package dev.pollux.http.websocket;

import static dev.pollux.http.websocket.Frames.BINARY;
import static dev.pollux.http.websocket.Frames.CONTINUATION;
import static dev.pollux.http.websocket.Frames.FIN;
import static dev.pollux.http.websocket.Frames.RSV1;
import static dev.pollux.http.websocket.Frames.TEXT;
import static dev.pollux.http.websocket.Frames.frames;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/**
 * For {@code ./dev fuzz-http}: frames by rules that the first byte chooses; the reader is to say
 * what the plain one says, in any split, and a server that echoes is to answer that.
 */
final class FrameTarget {

  private static final int UNMASKED = 1;
  private static final int SMALL = 2;
  private static final int INFLATES = 4;
  private static final int KEEPS = 8;
  private static final int SERVED = 16;

  private FrameTarget() {}

  /** Called by Jazzer with whatever it thinks of. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    if (bytes.length > 1) {
      int chosen = bytes[0];
      byte[] in = Arrays.copyOfRange(bytes, 1, bytes.length);
      boolean isSmall = (chosen & SMALL) != 0;
      PlainReader.Rules rules =
          new PlainReader.Rules(
              (chosen & UNMASKED) == 0,
              isSmall ? 100 : 1 << 20,
              isSmall ? 3 : 1024,
              (chosen & INFLATES) != 0,
              (chosen & (INFLATES | KEEPS)) == (INFLATES | KEEPS));
      FrameFuzzTest.check(in, rules, new Random(chosen), "");
      if (rules.masked() && (chosen & SERVED) != 0) {
        FrameFuzzTest.serve(in, rules, new Random(chosen), "");
      }
    }
  }

  /** What Jazzer begins with. */
  static List<byte[]> seeds() {
    byte[] hello = HexFormat.of().parseHex("f248cdc9c90700");
    List<byte[]> seeds = new ArrayList<>();
    seeds.add(seed(SERVED, frames().text("a").ping("p").pong("").binary(130).close(1000, "bye")));
    seeds.add(
        seed(SERVED, frames().frame(TEXT, "é").ping("").frame(FIN | CONTINUATION, "€").text("b")));
    seeds.add(seed(SMALL, frames().frame(BINARY, "ab").frame(0, "").frame(FIN, "c").binary(101)));
    seeds.add(seed(UNMASKED, frames().unmasked(FIN | TEXT, new byte[] {'a'})));
    seeds.add(
        seed(
            SERVED | INFLATES,
            frames().frame(FIN | RSV1 | TEXT, hello).frame(FIN | RSV1 | TEXT, hello)));
    seeds.add(
        seed(
            INFLATES | KEEPS,
            frames()
                .frame(FIN | RSV1 | TEXT, hello)
                .frame(RSV1 | TEXT, HexFormat.of().parseHex("f200"))
                .frame(FIN, HexFormat.of().parseHex("1100"))));
    seeds.add(
        seed(
            SMALL | INFLATES,
            frames().frame(FIN | RSV1 | BINARY, HexFormat.of().parseHex("f348cdc9c9070000"))));
    return seeds;
  }

  private static byte[] seed(int chosen, Frames frames) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(chosen);
    bytes.writeBytes(frames.bytes());
    return bytes.toByteArray();
  }

  /** Writes the seeds into a folder. */
  public static void main(String[] args) throws IOException {
    List<byte[]> seeds = seeds();
    for (int i = 0; i < seeds.size(); i++) {
      var _ = Files.write(Path.of(args[0], "seed-" + i), seeds.get(i));
    }
  }
}
