package dev.pollux.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link Arguments}: what values mean, and what is none. */
class ArgumentsTest {

  @ParameterizedTest
  @CsvSource({
    "500ms, 500000000",
    "10s, 10000000000",
    "5m, 300000000000",
    "1h, 3600000000000",
  })
  void duration_withUnit_isInNanoseconds(String text, Long nanos) {
    assertEquals(nanos, Arguments.duration(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10", "s", "0s", "-1s", "1 s", "1.5s", "1S", "1w", "9999999999h"})
  void duration_ofAnythingElse_isNone(String text) {
    assertNull(Arguments.duration(text));
  }
}
