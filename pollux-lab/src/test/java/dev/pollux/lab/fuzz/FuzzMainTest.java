package dev.pollux.lab.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FuzzMainTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(Kernels subject, String... args) {
    return FuzzMain.run(
        args, subject, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
  }

  private final Kernels model = Kernels.model(0, NativeSys.open()::nanoTime);

  @Test
  void run_modelThatAgrees_isZeroWithASummary() {
    assertEquals(0, run(model, "--ops", "1000", "--seed", "4"));
    String text = out.toString(UTF_8);
    assertTrue(text.contains("seed 4: "), text);
    assertTrue(text.contains(" 0 differences"), text);
    assertTrue(text.contains("  WAIT "), text);
    assertTrue(err.toString(UTF_8).contains("seed 4"));
  }

  @Test
  void run_withoutSeed_printsTheOneItTook() {
    assertEquals(0, run(model, "--ops", "100"));
    assertTrue(Pattern.compile("fuzz: seed \\d+").matcher(err.toString(UTF_8)).find());
  }

  @Test
  void run_kernelAgainstItself_isZero() {
    Sys liar = LyingSys.of(LyingSys.Lie.FLIPS_A_BIT);
    assertEquals(0, run(_ -> liar, "--self", "--ops", "500", "--seed", "4"));
  }

  @Test
  void run_kernelThatLies_isOneAndTheReplayFindsItAgain() {
    Sys liar = LyingSys.of(LyingSys.Lie.FLIPS_A_BIT);
    assertEquals(1, run(_ -> liar, "--seconds", "5", "--seed", "4"));
    Matcher replay =
        Pattern.compile("replay: \\./dev fuzz (--seed 4 --program \\d+)")
            .matcher(out.toString(UTF_8));
    assertTrue(replay.find(), out.toString(UTF_8));

    out.reset();
    assertEquals(1, run(_ -> liar, replay.group(1).split(" ")));
    assertTrue(out.toString(UTF_8).contains(replay.group()), out.toString(UTF_8));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "--seed, \"--seed takes a number from 0 on, and not ''\"",
        "--ops many, \"--ops takes a number from 0 on, and not 'many'\"",
        "--seed -1, \"--seed takes a number from 0 on, and not '-1'\"",
        "--sead 1, \"there is no option '--sead'\"",
        "help, \"there is no option 'help'\""
      })
  void run_badArguments_isTwoWithWhatIsWrongAndTheUsage(String args, String told) {
    assertEquals(2, run(model, args.split(" ")));
    String text = err.toString(UTF_8);
    assertTrue(text.startsWith("fuzz: " + told + "\n./dev fuzz ["), text);
  }
}
