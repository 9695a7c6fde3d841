package dev.pollux.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each story goes as it is told, on both kernels. */
class StoriesTest {

  @ParameterizedTest
  @EnumSource(Story.class)
  void story_goesAsItIsTold_onBothKernels(Story story) throws Exception {
    Experiment experiment = new Stories("fd7", "epoll4").of(story);
    for (Kernel kernel : Kernel.values()) {
      Timeline timeline = Runner.on(kernel).run(experiment);
      assertTrue(timeline.isAsExpected(), () -> kernel + ": " + timeline);
    }
  }

  @ParameterizedTest
  @EnumSource(Story.class)
  void tell_hasTheNamesOfTheProcess(Story story) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(text, true, StandardCharsets.UTF_8);
    assertEquals(Laboratory.AS_EXPECTED, new Laboratory(out, 80).tell(story, "fd7", "epoll4"));
    String said = text.toString(StandardCharsets.UTF_8);
    assertTrue(said.contains("add fd7 to epoll4"), said);
  }
}
