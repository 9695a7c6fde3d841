package dev.pollux.http.websocket;

import static dev.pollux.http.websocket.Frames.frames;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ./dev fuzz-http --target websocket} runs holds of its seeds, and can fail. */
class FrameTargetTest {

  private static final PlainReader.Rules RULES =
      new PlainReader.Rules(true, 1 << 20, 1024, true, true);

  @Test
  void seeds_pass(@TempDir Path folder) throws Exception {
    for (byte[] seed : FrameTarget.seeds()) {
      FrameTarget.fuzzerTestOneInput(seed);
    }
    FrameTarget.main(new String[] {folder.toString()});
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(FrameTarget.seeds().size(), files.count());
    }
  }

  /** The plain reader makes something of what the others are compared by. */
  @Test
  void plainReader_takesWhatIsRight() {
    byte[] right = frames().text("a").binary(2).ping("p").close(1000, "").bytes();
    assertEquals(
        new PlainReader.Outcome(List.of("text 61", "binary 2a2a", "ping 70", "close 1000 03e8"), 0),
        PlainReader.read(right, RULES));
    byte[] hello =
        frames()
            .frame(0xc1, java.util.HexFormat.of().parseHex("f248cdc9c90700"))
            .frame(0xc1, java.util.HexFormat.of().parseHex("f200110000"))
            .bytes();
    assertEquals(
        List.of("text 48656c6c6f", "text 48656c6c6f"), PlainReader.read(hello, RULES).events());
    assertEquals(1007, PlainReader.read(frames().frame(1, "a\u00ff").bytes(), RULES).failure());
  }

  @Test
  void difference_isFound() {
    PlainReader.Outcome none = new PlainReader.Outcome(List.of(), 0);
    PlainReader.Outcome other = FrameFuzzTest.read(frames().text("a").bytes(), RULES, all -> all);
    assertThrows(
        AssertionError.class, () -> FrameFuzzTest.assertAlike(none, other, RULES, "differs"));
    assertTrue(other.events().contains("text 61"));
  }
}
