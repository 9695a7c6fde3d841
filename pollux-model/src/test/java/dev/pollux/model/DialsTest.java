package dev.pollux.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What can be set of a model kernel: its limits and its faults. */
class DialsTest {

  @Test
  void limits_changeOneByOne() {
    Limits limits = Limits.defaults();
    assertEquals(
        "Limits[maxFds=1, maxFiles=100000, maxUserWatches=1000000]", "" + limits.withMaxFds(1));
    assertEquals(
        "Limits[maxFds=20000, maxFiles=1, maxUserWatches=1000000]", "" + limits.withMaxFiles(1));
    assertEquals(
        "Limits[maxFds=20000, maxFiles=100000, maxUserWatches=1]",
        "" + limits.withMaxUserWatches(1));
    refused("maxFds: 0 is less than 1", () -> limits.withMaxFds(0));
    refused("maxFiles: 0 is less than 1", () -> limits.withMaxFiles(0));
    refused("maxUserWatches: -1 is less than 1", () -> limits.withMaxUserWatches(-1));
  }

  @Test
  void faults_changeOneByOne() {
    Faults none = Faults.none();
    assertEquals(Duration.ofMillis(10), none.maxDelay());
    Faults delayed = none.withMaxDelay(Duration.ofSeconds(1)).with(Fault.DELAY, 0.5);
    assertEquals("Faults[probabilities={DELAY=0.5}, maxDelay=PT1S]", delayed.toString());
    assertEquals(Map.of(), delayed.with(Fault.DELAY, 0).probabilities());
    assertEquals(Map.of(), none.probabilities());
  }

  @Test
  void faults_outOfBounds_areRefused() {
    Faults none = Faults.none();
    refused("DELAY with a probability of 1.5", () -> none.with(Fault.DELAY, 1.5));
    refused("DELAY with a probability of NaN", () -> none.with(Fault.DELAY, Double.NaN));
    refused("maxDelay: PT-1S is less than PT0S", () -> none.withMaxDelay(Duration.ofSeconds(-1)));
    Duration longest = Duration.ofNanos(Long.MAX_VALUE / 2);
    assertEquals(longest, none.withMaxDelay(longest.plusNanos(1)).maxDelay());
    assertEquals(longest.minusNanos(1), none.withMaxDelay(longest.minusNanos(1)).maxDelay());
  }

  private static void refused(String message, Executable change) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, change).getMessage());
  }
}
