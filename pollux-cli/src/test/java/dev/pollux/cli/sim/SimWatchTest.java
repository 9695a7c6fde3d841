package dev.pollux.cli.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link SimWatch}: the line that says how far the runs are. */
class SimWatchTest {

  @ParameterizedTest
  @CsvSource({
    "80, ', seed 12345678 (Ctrl-C tells the sums so far)'",
    "60, ', seed 12345678'",
    "40, ''",
  })
  void line_isOneOfTheTerminal(int columns, String more) {
    assertEquals(
        "pollux sim: 10,000 of 100,000 runs" + more,
        SimWatch.line(10_000, 100_000, 12_345_678, columns));
  }
}
