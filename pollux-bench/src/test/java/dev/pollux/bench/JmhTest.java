package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class JmhTest {

  @Test
  void score_ofJmhsOwnResults_hasTheMeanTheBestAndTheBytes() throws IOException {
    assertEquals(new Jmh.Score(12.5, 11, 0.25), Jmh.Score.of(result("·gc.alloc.rate.norm")));
    assertEquals(new Jmh.Score(12.5, 11, 0.25), Jmh.Score.of(result("gc.alloc.rate.norm")));
  }

  @Test
  void score_withoutBytes_isAnError() {
    IOException e = assertThrows(IOException.class, () -> Jmh.Score.of(result("gc.count")));
    assertEquals("JMH did not report gc.alloc.rate.norm", e.getMessage());
  }

  /** What JMH would say only in the middle of a run. */
  @Test
  void methods_thatTheCommandsName_areThere() {
    Set<String> timers = methods(TimerBenchmark.class);
    TimersCommand.CASES.forEach(each -> assertTrue(timers.contains(each.method()), each.method()));
    Set<String> seam = methods(SeamBenchmark.class);
    SeamCommand.CALLS
        .values()
        .forEach(
            prefix -> assertTrue(seam.containsAll(List.of(prefix + "Sys", prefix + "Handle"))));
    assertTrue(
        methods(ModelBenchmark.class)
            .containsAll(List.of("controlOne", "controlAny", "waitForReady")));
  }

  private static Set<String> methods(Class<?> benchmarks) {
    return Arrays.stream(benchmarks.getMethods()).map(Method::getName).collect(Collectors.toSet());
  }

  private static JsonObject result(String label) {
    return JsonParser.parseString(
            """
            {
              "benchmark": "X.y",
              "primaryMetric": {"score": 12.5, "rawData": [[11.0, 14.0]]},
              "secondaryMetrics": {"%s": {"score": 0.25}}
            }
            """
                .formatted(label))
        .getAsJsonObject();
  }
}
