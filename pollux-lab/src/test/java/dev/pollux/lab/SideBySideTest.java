package dev.pollux.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SideBySideTest {

  private Timeline onNative;
  private Timeline onModel;

  @BeforeEach
  void run() throws Exception {
    Experiment experiment = Experiments.find("D7").orElseThrow();
    onNative = Runner.on(Kernel.NATIVE).run(experiment);
    onModel = Runner.on(Kernel.MODEL).run(experiment);
  }

  @Test
  void timelines_at100Columns_standSideBySide() {
    List<String> lines = SideBySide.timelines(onNative, onModel, 100);

    assertTrue(lines.stream().allMatch(line -> line.length() <= 100), String.join("\n", lines));
    String step = "  5  wait on ep -> r IN";
    assertTrue(
        lines.contains(step + " ".repeat(48 - step.length()) + " | " + step),
        String.join("\n", lines));
    assertTrue(
        lines.contains(" ".repeat(48) + " |      ep ready [r] -> [r]"), String.join("\n", lines));
    for (String line : lines) {
      boolean isTitle = line.isEmpty() || line.matches("  \\S[^|]*");
      assertTrue(isTitle || line.startsWith(" |", 48), line);
    }
  }

  @Test
  void timelines_below100Columns_followEachOther() {
    List<String> lines = SideBySide.timelines(onNative, onModel, 99);

    assertTrue(lines.stream().noneMatch(line -> line.contains(" | ")));
    int left = lines.indexOf("On native:");
    int right = lines.indexOf("On model:");
    assertTrue(left >= 0 && right > left);
    assertEquals("  as expected", lines.getLast());
  }

  @Test
  void timelines_whereOneEndedEarlier_leaveItsSideEmpty() {
    Timeline.Part first = onNative.acts().getFirst();
    Timeline shorter =
        new Timeline(
            onNative.experiment(),
            Kernel.NATIVE,
            List.of(new Timeline.Part(first.title(), first.entries().subList(0, 2))));
    Timeline one = new Timeline(onModel.experiment(), Kernel.MODEL, onModel.acts().subList(0, 1));

    List<String> lines = SideBySide.timelines(shorter, one, 100);

    assertTrue(lines.contains(" ".repeat(48) + " |   5  wait on ep -> r IN"), lines.toString());
  }
}
