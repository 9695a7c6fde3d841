package dev.pollux.lab;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WalkTest {

  private static final Experiment D7 = Experiments.find("D7").orElseThrow();

  /** Keys that were typed beforehand; then quits. */
  private static final class Script implements Walk.Console {
    final Deque<Walk.Key> keys = new ArrayDeque<>();
    final List<String> screens = new ArrayList<>();

    Script(String keys) {
      keys.chars().forEach(key -> this.keys.add(key == 'n' ? Walk.Key.NEXT : Walk.Key.BACK));
    }

    @Override
    public void show(List<String> lines) {
      screens.add(String.join("\n", lines));
    }

    @Override
    public Walk.Key next() {
      return keys.isEmpty() ? Walk.Key.QUIT : keys.remove();
    }

    @Override
    public int columns() {
      return 80;
    }

    @Override
    public boolean hasColours() {
      return false;
    }
  }

  @Test
  void walk_forwards_showsTreeAndReadyListAfterEachStep() throws Exception {
    Script script = walk("nnnnn");

    assertEquals(6, script.screens.size());
    assertTrue(script.screens.getFirst().startsWith("D7 partial-reads: level, step 0 of 11"));
    String written = script.screens.get(4);
    assertTrue(written.contains(">  4  write \"aabbcc\" to w -> 6 bytes"), written);
    assertTrue(written.contains("  r queued: its state changed"), written);
    assertTrue(written.contains("on the ready list  - disarmed\n  (r*)\n"), written);
    assertTrue(written.contains("ready list, first out on the left\n  r"), written);
    assertTrue(written.contains("   5  wait on ep ..."), written);
  }

  @Test
  void walk_back_showsTheEarlierScreen() throws Exception {
    Script script = walk("nnnnbbn");
    assertEquals(script.screens.get(3), script.screens.get(5));
    assertEquals(script.screens.get(2), script.screens.get(6));
    assertEquals(script.screens.get(3), script.screens.get(7));
  }

  @Test
  void walk_backAtTheStart_stays() throws Exception {
    Script script = walk("bb");
    assertEquals(List.of(script.screens.getFirst()), script.screens.stream().distinct().toList());
  }

  @Test
  void walk_betweenActs_goesToTheNextAndBackToTheEnd() throws Exception {
    Script script = walk("n".repeat(12) + "b");
    assertTrue(script.screens.get(11).startsWith("D7 partial-reads: level, step 11 of 11"));
    assertTrue(script.screens.get(11).endsWith("as expected"));
    assertTrue(script.screens.get(12).startsWith("D7 partial-reads: edge, step 0 of 11"));
    assertEquals(script.screens.get(11), script.screens.get(13));
  }

  @ParameterizedTest
  @ValueSource(strings = {"D7", "D9", "D10", "D13", "D15"})
  void walk_withoutTerminalAtEndOfInput_goesToTheEnd(String id) throws Exception {
    String text = plain(id, "");
    Experiment experiment = Experiments.find(id).orElseThrow();
    long screens = text.lines().filter(line -> line.equals("-".repeat(80))).count();
    assertEquals(experiment.acts().stream().mapToInt(a -> a.steps().size() + 1).sum(), screens);
    long ends = text.lines().filter(line -> line.equals("as expected")).count();
    assertEquals(experiment.acts().size(), ends);
  }

  @Test
  void walk_withoutTerminal_obeysLines() throws Exception {
    String text = plain("D7", "\n\nb\nq\n");
    List<String> heads = text.lines().filter(line -> line.startsWith("D7 ")).toList();
    assertEquals(
        List.of(
            "D7 partial-reads: level, step 0 of 11",
            "D7 partial-reads: level, step 1 of 11",
            "D7 partial-reads: level, step 2 of 11",
            "D7 partial-reads: level, step 1 of 11"),
        heads);
  }

  @Test
  void walk_withManyInstances_tellsEachInALine() throws Exception {
    String text = plain("D10", "");
    assertTrue(
        text.contains("\nep4: 1 item in the tree, ready list [], threads asleep: 1\n"), text);
  }

  @Test
  void walk_withAKqueue_showsItsKnotes() throws Exception {
    String text = plain("K1", "");
    assertTrue(text.contains("\nkq: knotes\n  r READ CLEAR\n"), text);
    assertTrue(text.contains("\nkq: knotes\n  r READ DISPATCH, off\n"), text);
  }

  @ParameterizedTest
  @MethodSource("ids")
  void walk_on60Columns_fits(String id) throws Exception {
    for (String line : plain(id, "", 60).split("\n", -1)) {
      assertTrue(line.length() <= 60, line);
    }
  }

  private static Stream<String> ids() {
    return Experiments.all().stream().map(Experiment::id);
  }

  @Test
  void walk_toADifference_isNotAsExpected() throws Exception {
    Experiment wrong =
        Experiment.of(
            "D0",
            "wrong",
            "Wrong.",
            "wrong",
            Act.of("wrong", Steps.epoll("ep"), Steps.addFails("ep", "ep", "EBADF")));
    Script script = new Script("nnnn");

    assertEquals(Laboratory.DIFFERENT, new Laboratory(System.out, 80).walk(wrong, script));

    assertTrue(script.screens.getLast().endsWith("NOT as expected"), script.screens.getLast());
  }

  private static Script walk(String keys) throws Exception {
    Script script = new Script(keys);
    assertEquals(0, new Laboratory(System.out, 80).walk(D7, script));
    return script;
  }

  private static String plain(String id, String input) throws Exception {
    return plain(id, input, 80);
  }

  private static String plain(String id, String input, int columns) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, UTF_8);
    PlainConsole console = new PlainConsole(new StringReader(input), out, columns);
    int code = new Laboratory(out, columns).walk(Experiments.find(id).orElseThrow(), console);
    assertEquals(0, code);
    return bytes.toString(UTF_8);
  }
}
