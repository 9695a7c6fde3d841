package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class IdleResultsTest {

  private static final int COUNT = 1000;

  @Test
  void parse_hasTheFiguresOfTheServer_andNoneWithoutAHeap() throws IOException {
    assertEquals(memory(123, 45, 678), IdleMemory.parse(Optional.of("123 45"), 678));
    assertEquals(
        new IdleMemory(OptionalLong.empty(), OptionalLong.empty(), 678),
        IdleMemory.parse(Optional.empty(), 678));
  }

  @Test
  void parse_ofSomethingElse_saysWhat() {
    for (String answer : List.of("1", "1 2 3", "1 x")) {
      IOException e =
          assertThrows(IOException.class, () -> IdleMemory.parse(Optional.of(answer), 1));
      assertEquals(answer, e.getMessage().substring(e.getMessage().indexOf(": ") + 2));
    }
  }

  @Test
  void bars_atTheirLimits_areMet() {
    assertEquals(Collections.nCopies(2, Bar.Verdict.MET), verdicts(true, 512, 512, 1));
  }

  @Test
  void bars_pastTheirLimitsInEitherLook_areMissed() {
    assertEquals(Collections.nCopies(2, Bar.Verdict.MISSED), verdicts(true, 513, 512, 2));
    assertEquals(Collections.nCopies(2, Bar.Verdict.MISSED), verdicts(true, 512, 513, 2));
  }

  @Test
  void bars_ofAQuickRunOrWithoutTheServer_areNotMeasured() {
    List<Bar.Verdict> none = Collections.nCopies(2, Bar.Verdict.NOT_MEASURED);
    assertEquals(none, verdicts(false, 1, 1, 0));
    assertEquals(none, new IdleResults(COUNT, true).bars().stream().map(Bar::verdict).toList());
  }

  @Test
  void print_dividesByTheCountAndShowsADashForWhatIsNotKnown() {
    IdleResults results = results(true, 300, 400, 0);
    IdleMemory c = new IdleMemory(OptionalLong.empty(), OptionalLong.empty(), 5);
    results.add("c", new IdleResults.Entry(c, c, c));
    StringWriter out = new StringWriter();
    results.print(new PrintWriter(out));
    assertEquals(
        List.of(
            "pollux-level           300.0     400.0       0.0       0.0      10.0      20.5",
            "c                          -         -         -         -       0.0       0.0"),
        out.toString().lines().filter(line -> line.matches("(c|pollux-level) .*")).toList());
  }

  private static List<Bar.Verdict> verdicts(boolean judged, long fresh, long used, long buffer) {
    return results(judged, fresh, used, buffer).bars().stream().map(Bar::verdict).toList();
  }

  private static IdleResults results(boolean judged, long fresh, long used, long buffer) {
    IdleResults results = new IdleResults(COUNT, judged);
    results.add(
        EchoBars.POLLUX,
        new IdleResults.Entry(
            memory(7, 3, 100),
            memory(7 + fresh * COUNT, 3, 100 + 10 * COUNT),
            memory(7 + used * COUNT, 3 + buffer * COUNT, 100 + 20 * COUNT + COUNT / 2)));
    return results;
  }

  private static IdleMemory memory(long heap, long buffers, long resident) {
    return new IdleMemory(OptionalLong.of(heap), OptionalLong.of(buffers), resident);
  }
}
