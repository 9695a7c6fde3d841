package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class EchoSampleTest {

  @Test
  void parse_ofAnAnswer_hasItsFigures() throws IOException {
    EchoSample sample = EchoSample.parse("1000 2000000000 6000000 7 1100 10 20 30 40 990");
    assertEquals(
        new EchoSample(1000, 2_000_000_000, 6_000_000, 7, 1100, 10, 20, 30, 40, 990), sample);
    assertEquals(6000, sample.cpuPerMessage());
    assertEquals(500, sample.throughput());
    assertEquals(0.003, sample.busy());
  }

  @Test
  void cpu_withoutMessages_isNoNumber() throws IOException {
    assertTrue(Double.isNaN(EchoSample.parse("0 1 2 3 4 5 6 7 8 9").cpuPerMessage()));
  }

  @Test
  void parse_ofSomethingElse_saysWhatIsWrong() {
    IOException few = assertThrows(IOException.class, () -> EchoSample.parse("1 2 3"));
    assertEquals("the load gave 3 figures, not 10", few.getMessage());
    IOException words =
        assertThrows(IOException.class, () -> EchoSample.parse("1 2 3 4 5 6 7 8 9 x"));
    assertTrue(words.getMessage().startsWith("the figures of the load are not numbers"));
  }

  @Test
  void usage_ofAProcessWhoseNameHasBlanksAndParentheses_isFound() throws IOException {
    String stat = "7 (a ) b) S 1 7 7 0 -1 4194304 10 0 0 0 123 45 0 0 20 0 1 0 99 1000 2";
    List<String> status = List.of("Name:\ta ) b", "VmHWM:\t    2048 kB", "VmRSS:\t    1024 kB");
    EchoUsage usage = EchoUsage.parse(stat, status);
    assertEquals(new EchoUsage(123, 45, 1 << 20, 2 << 20), usage);
    EchoUsage since = usage.since(new EchoUsage(120, 44, 5, 6));
    assertEquals(new EchoUsage(3, 1, 1 << 20, 2 << 20), since);
    assertEquals(0.75, since.userShare());
  }

  @Test
  void usage_withoutItsLine_saysWhichOne() {
    IOException e =
        assertThrows(
            IOException.class,
            () -> EchoUsage.parse("7 (a) S 1 7 7 0 -1 4 10 0 0 0 1 4 0", List.of("VmRSS: 1 kB")));
    assertEquals("/proc/PID/status has no VmHWM:", e.getMessage());
  }

  @Test
  void usage_ofThisProcess_isThere() throws IOException {
    EchoUsage usage = EchoUsage.of(ProcessHandle.current().pid());
    assertTrue(usage.residentBytes() > 1 << 20 && usage.peakBytes() >= usage.residentBytes() / 2);
  }
}
