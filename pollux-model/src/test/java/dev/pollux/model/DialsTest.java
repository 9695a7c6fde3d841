package dev.pollux.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.sys.Linux;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What can be set of a model kernel: its limits and its faults. */
class DialsTest {

  @Test
  void limits_changeOneByOne() {
    Limits limits = Limits.defaults();
    assertEquals(list(1, 100_000, 1_000_000, 262_144, 131_072), "" + limits.withMaxFds(1));
    assertEquals(list(20_000, 1, 1_000_000, 262_144, 131_072), "" + limits.withMaxFiles(1));
    assertEquals(list(20_000, 100_000, 1, 262_144, 131_072), "" + limits.withMaxUserWatches(1));
    assertEquals(list(20_000, 100_000, 1_000_000, 1, 131_072), "" + limits.withTcpSendBytes(1));
    assertEquals(list(20_000, 100_000, 1_000_000, 262_144, 1), "" + limits.withTcpReceiveBytes(1));
    refused("maxFds: 0 is less than 1", () -> limits.withMaxFds(0));
    refused("maxFiles: 0 is less than 1", () -> limits.withMaxFiles(0));
    refused("maxUserWatches: -1 is less than 1", () -> limits.withMaxUserWatches(-1));
    refused("tcpSendBytes: 0 is less than 1", () -> limits.withTcpSendBytes(0));
    refused("tcpReceiveBytes: 0 is less than 1", () -> limits.withTcpReceiveBytes(0));
  }

  private static String list(int fds, int files, int watches, int sendBytes, int receiveBytes) {
    return "Limits[maxFds=%d, maxFiles=%d, maxUserWatches=%d, tcpSendBytes=%d, tcpReceiveBytes=%d]"
        .formatted(fds, files, watches, sendBytes, receiveBytes);
  }

  @Test
  void tcpBuffers_areWhatIsWrittenUntilEagain() {
    Limits limits = Limits.defaults().withTcpSendBytes(1_000).withTcpReceiveBytes(500);
    try (Box box = new Box(ModelSys.virtual(1, Faults.none(), limits, null))) {
      int[] t = box.tcpPair();
      assertEquals(1_000, box.option(t[0], Linux.SOL_SOCKET, Linux.SO_SNDBUF));
      assertEquals(500, box.option(t[1], Linux.SOL_SOCKET, Linux.SO_RCVBUF));
      assertEquals(1_500, box.fill(t[0], 70));
      assertEquals(1_000, box.unacknowledged(t[0]));
      int set = box.tcp();
      box.ok(box.set(set, Linux.SOL_SOCKET, Linux.SO_SNDBUF, 5_000));
      int _ = box.connect(set, box.localAddress(box.listener(1)));
      assertEquals(10_000, box.option(set, Linux.SOL_SOCKET, Linux.SO_SNDBUF));
    }
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
