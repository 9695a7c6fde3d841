package dev.pollux.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link Suggestion}: what it takes for what was meant. */
class SuggestionTest {

  private static final List<String> KNOWN =
      List.of("echo", "connect", "doctor", "sim", "--port", "--host", "--trigger", "--udp");

  @ParameterizedTest
  @CsvSource({
    "--prot, --port",
    "--prt, --port",
    "--ports, --port",
    "--tirgger, --trigger",
    "-port, --port",
    "dokter, doctor",
    "smi, sim",
    "xyz,",
    "--x,",
    "frobnicate,",
  })
  void of_wrongWord_isTheNearestIfItIsNear(String wrong, String expected) {
    assertEquals(expected, Suggestion.of(wrong, KNOWN));
  }

  @ParameterizedTest
  @CsvSource({"'', '', 0", "a, '', 1", "ab, ba, 1", "abc, abd, 1", "port, prot, 1", "ca, abc, 3"})
  void distance_countsChanges(String one, String other, int expected) {
    assertEquals(expected, Suggestion.distance(one, other));
    assertEquals(expected, Suggestion.distance(other, one));
  }
}
